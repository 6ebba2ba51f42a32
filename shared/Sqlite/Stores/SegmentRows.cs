using System.Globalization;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Writes and removes the rows of the segment index. A row is nothing but a key, so doing it again changes nothing.</summary>
internal static class SegmentRows
{
    private const string InsertSql =
        "INSERT INTO segment_index(key, type, value, occurred_at, customer_id, event_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";

    private const string DeleteSql =
        "DELETE FROM segment_index WHERE key=?1 AND type=?2 AND value=?3 AND occurred_at=?4 AND customer_id=?5 AND event_id=?6";

    public static void Insert(Connection connection, long eventNumber, EncodedEvent encoded, NameNumbers names) =>
        Run(connection, InsertSql, eventNumber, encoded, names);

    public static void Delete(Connection connection, long eventNumber, EncodedEvent encoded, NameNumbers names) =>
        Run(connection, DeleteSql, eventNumber, encoded, names);

    /// <summary>Removes the rows of an event that is known by its document alone.</summary>
    public static void Delete(
        Connection connection, long eventNumber, ReadOnlySpan<byte> document, Guid eventId, CustomerId customerId, long occurredAt, NameNumbers names)
    {
        var delete = connection.Prepare(DeleteSql).Bind(4, occurredAt).Bind(6, eventId);
        CustomerColumns.BindId(delete, 5, customerId);
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = Limits.MaxDepth + 8 });
        SkipToData(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = names.Key(connection, eventNumber, Text(ref reader));
            reader.Read();
            if (!BindValue(delete, ref reader))
            {
                reader.Skip();
                continue;
            }

            delete.Bind(1, key).Run();
        }
    }

    private static void Run(Connection connection, string sql, long eventNumber, EncodedEvent encoded, NameNumbers names)
    {
        if (encoded.Entries.Length == 0)
            return;
        var statement = connection.Prepare(sql).Bind(4, encoded.OccurredAt).Bind(6, encoded.EventId);
        CustomerColumns.BindId(statement, 5, encoded.CustomerId);
        foreach (ref readonly var entry in encoded.Entries.AsSpan())
        {
            statement.Bind(1, names.Key(connection, eventNumber, encoded.Key(entry))).Bind(2, SegmentType.Of(entry.Kind));
            switch (entry.Kind)
            {
                case PropertyKind.String:
                    statement.BindText(3, encoded.Text(entry));
                    break;
                case PropertyKind.Double:
                    statement.Bind(3, BitConverter.Int64BitsToDouble(entry.Bits));
                    break;
                default:
                    statement.Bind(3, entry.Bits);
                    break;
            }

            statement.Run();
        }
    }

    private static void SkipToData(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            if (isData)
                return;
            reader.Skip();
        }
    }

    /// <summary>Binds type and value; false for what has no row. The reader ends on the value's last token.</summary>
    private static bool BindValue(Statement statement, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                statement.Bind(2, SegmentType.Of(PropertyKind.String)).BindText(3, SegmentType.Cut(Text(ref reader)));
                return true;
            case JsonTokenType.Number when reader.ValueSpan.ContainsAny(".eE"u8):
                statement.Bind(2, SegmentType.Of(PropertyKind.Double)).Bind(3, reader.GetDouble());
                return true;
            case JsonTokenType.Number:
                statement.Bind(2, SegmentType.Of(PropertyKind.Integer)).Bind(3, reader.GetInt64());
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                statement.Bind(2, SegmentType.Of(PropertyKind.Boolean)).Bind(3, reader.TokenType == JsonTokenType.True ? 1 : 0);
                return true;
            case JsonTokenType.StartObject:
                // A producer's object may look like a date, and then a row is looked for that is not there.
                var ahead = reader;
                if (!ahead.Read() || ahead.TokenType != JsonTokenType.PropertyName || !ahead.ValueTextEquals("$date"u8) || !TryReadDate(reader, out var date))
                    return false;
                statement.Bind(2, SegmentType.Of(PropertyKind.Date)).Bind(3, date);
                reader.Skip();
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadDate(Utf8JsonReader reader, out long milliseconds)
    {
        milliseconds = 0;
        reader.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            var isDate = Rfc3339.TryParse(reader.ValueSpan, out var date);
            milliseconds = date.ToMilliseconds();
            return isDate;
        }

        return reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.Read() && reader.TokenType == JsonTokenType.String
            && long.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds);
    }

    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var text = new byte[reader.ValueSpan.Length];
        return text.AsSpan(0, reader.CopyString(text));
    }
}
