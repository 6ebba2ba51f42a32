using System.Runtime.CompilerServices;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Rejections in the data folder.</summary>
internal sealed class SqliteRejectionStore(DataFolder folder) : IRejectionStore
{
    /// <summary>Headers may have 1 MB.</summary>
    private const int PageRejections = 32;

    private const string Columns =
        """
        SELECT id, store_id, stage, code, detail, pointer, rejected_at, event_id, source_topic, source_partition, source_offset,
          replayed_at, headers
        """;

    private const string Listed = Columns + " FROM rejections";
    private const string Whole = Columns + ", payload FROM rejections";

    /// <inheritdoc />
    public Task AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancellationToken) => folder.Stores.WriteAsync(
        connection =>
        {
            for (var i = 0; i < rejections.Count; i++)
                Add(connection, rejections[i]);
            return true;
        },
        cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<Rejection> ListAsync(RejectionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Rejection? last = null;
        while (true)
        {
            var page = await folder.Stores.ReadAsync(connection => ReadPage(connection, filter, last), cancellationToken);
            foreach (var rejection in page)
                yield return rejection;
            if (page.Count < PageRejections)
                yield break;
            last = page[^1];
        }
    }

    /// <inheritdoc />
    public Task<Rejection?> FindAsync(string id, CancellationToken cancellationToken) => folder.Stores.ReadAsync(
        connection =>
        {
            var select = connection.Prepare(Whole + " WHERE id=?1").Bind(1, id);
            var found = select.Step() ? Read(select) with { Payload = select.Bytes(13).ToArray() } : null;
            select.Reset();
            return found;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<Rejection>> LookUpAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) => folder.Stores.ReadAsync(
        connection =>
        {
            var found = new List<Rejection>(ids.Count);
            foreach (var id in ids.Distinct(StringComparer.Ordinal))
            {
                var select = connection.Prepare(Listed + " WHERE id=?1").Bind(1, id);
                if (select.Step())
                    found.Add(Read(select));
                select.Reset();
            }

            return (IReadOnlyList<Rejection>)found;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<ErrorCode, long>> CountAsync(DateTime since, CancellationToken cancellationToken) => folder.Stores.ReadAsync(
        connection =>
        {
            var counts = new Dictionary<ErrorCode, long>();
            var select = connection.Prepare("SELECT code, COUNT(*) FROM rejections WHERE rejected_at>=?1 GROUP BY code").Bind(1, since.ToMilliseconds());
            while (select.Step())
            {
                var code = CodeOf(select.Text(0));
                counts[code] = counts.GetValueOrDefault(code) + select.Int64(1);
            }

            return (IReadOnlyDictionary<ErrorCode, long>)counts;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task MarkReplayedAsync(string id, DateTime rejectedAt, DateTime replayedAt, CancellationToken cancellationToken) => folder.Stores.WriteAsync(
        connection => connection.Prepare("UPDATE rejections SET replayed_at=?2 WHERE id=?1 AND rejected_at=?3")
            .Bind(1, id).Bind(2, replayedAt.ToMilliseconds()).Bind(3, rejectedAt.ToMilliseconds()).Run(),
        cancellationToken);

    /// <summary>Deletes at most so many of those that are older. How many went.</summary>
    public Task<int> DeleteAsync(DateTime before, int atMost, CancellationToken cancellationToken) => folder.Stores.WriteSoonAsync(
        connection => connection.Prepare("DELETE FROM rejections WHERE number IN (SELECT number FROM rejections WHERE rejected_at<?1 LIMIT ?2)")
            .Bind(1, before.ToMilliseconds()).Bind(2, atMost).Run(),
        cancellationToken);

    private static void Add(Connection connection, Rejection rejection)
    {
        var insert = connection.Prepare(
            """
            INSERT INTO rejections(id, store_id, stage, code, detail, pointer, rejected_at, event_id, source_topic, source_partition, source_offset,
              replayed_at, headers, payload)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            ON CONFLICT(id) DO UPDATE SET code=excluded.code, detail=excluded.detail, pointer=excluded.pointer, rejected_at=excluded.rejected_at,
              source_topic=excluded.source_topic, source_partition=excluded.source_partition, source_offset=excluded.source_offset,
              headers=excluded.headers, replayed_at=excluded.replayed_at
            """);
        insert.Bind(1, rejection.Id).Bind(2, rejection.StoreId).Bind(3, rejection.Stage).Bind(4, rejection.Code.ToText())
            .Bind(5, rejection.Detail).Bind(6, rejection.Pointer).Bind(7, rejection.RejectedAt.ToMilliseconds()).Bind(8, rejection.EventId)
            .Bind(9, rejection.SourceTopic).Bind(10, rejection.SourcePartition).Bind(11, rejection.SourceOffset)
            .Bind(12, rejection.ReplayedAt?.ToMilliseconds());
        insert.BindBlob(13, RecordHeaders.Pack([.. rejection.Headers]).Packed.Span).BindBlob(14, rejection.Payload.Span).Run();
    }

    private static List<Rejection> ReadPage(Connection connection, RejectionFilter filter, Rejection? last)
    {
        var sql = Listed + " WHERE 1"
            + (filter.StoreId is null ? "" : " AND store_id=?1")
            + (filter.Code is null ? "" : " AND code=?2")
            + (filter.Since is null ? "" : " AND rejected_at>=?3")
            + (filter.EventId is null ? "" : " AND event_id=?4")
            + (last is null ? "" : " AND (rejected_at<?5 OR (rejected_at=?5 AND id>?6))")
            + $" ORDER BY rejected_at DESC, id LIMIT {PageRejections}";
        var select = connection.Prepare(sql);
        if (filter.StoreId is { } storeId)
            select.Bind(1, storeId);
        if (filter.Code is { } code)
            select.Bind(2, code.ToText());
        if (filter.Since is { } since)
            select.Bind(3, since.ToMilliseconds());
        if (filter.EventId is { } eventId)
            select.Bind(4, eventId);
        if (last is not null)
            select.Bind(5, last.RejectedAt.ToMilliseconds()).Bind(6, last.Id);
        var page = new List<Rejection>();
        while (select.Step())
            page.Add(Read(select));
        return page;
    }

    private static Rejection Read(Statement row) => new(
        row.Text(0), row.NullableText(1), row.Text(2), CodeOf(row.Text(3)), row.Text(4), row.NullableText(5), Times.FromMilliseconds(row.Int64(6)),
        row.Guid(7), row.Text(8), (int?)row.NullableInt64(9), row.NullableInt64(10), [.. new RecordHeaders(row.Bytes(12).ToArray())], default,
        row.NullableInt64(11) is { } replayed ? Times.FromMilliseconds(replayed) : null);

    // A code that a newer version wrote is shown as what this one knows of it: nothing.
    private static ErrorCode CodeOf(string text) => ErrorCodes.TryParse(text, out var known) ? known : ErrorCode.Unprocessable;
}
