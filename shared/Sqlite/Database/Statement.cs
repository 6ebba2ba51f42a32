using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomEvents.Sqlite.Database;

/// <summary>
/// A prepared statement. It binds and reads UTF-8 in place: ADO.NET's parameters box every value and make a string of
/// every text, which costs more than SQLite's own work on a small row. Parameters count from 1, columns from 0.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    public Statement Bind(int parameter, double value)
    {
        Check(raw.sqlite3_bind_double(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string? text)
    {
        if (text is null)
            return BindNull(parameter);
        if (text.Length > 256)
            return BindText(parameter, Encoding.UTF8.GetBytes(text));
        Span<byte> utf8 = stackalloc byte[256 * 3];
        return BindText(parameter, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, which SQLite would take for null.
        Check(utf8.IsEmpty
            ? raw.sqlite3_bind_text(_statement, parameter, "")
            : raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    public Statement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(bytes.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
            : raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    public Statement Bind(int parameter, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(parameter, bytes);
    }

    public Statement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Whether there is a (further) row. After the last one the statement is ready to be bound again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    /// <summary>Runs a statement to its end. How many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Leaves the rows that were not read: until then the connection holds its view of the database.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>A blob's or a text's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    public Guid Guid(int column) => new(Bytes(column), bigEndian: true);

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _database);
    }
}
