using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomEvents.Sqlite.Database;

/// <summary>A connection with its prepared statements. One thread uses it at a time.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>How long a statement waits for another process that writes, in milliseconds: the time limit of every call to a database.</summary>
    private const int BusyMilliseconds = 10_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private Connection(SqliteConnection connection) => _connection = connection;

    /// <summary>How many pages the write-ahead log may have before a commit copies them to the database: 16 MiB.</summary>
    private const int CheckpointPages = 4_000;

    /// <summary>Opens the one connection that writes.</summary>
    /// <exception cref="SqliteException">The file cannot be opened, or is none of SQLite's.</exception>
    public static Connection OpenWriter(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Execute("PRAGMA journal_mode=WAL");
            connection.Execute($"PRAGMA wal_autocheckpoint={CheckpointPages}");
            connection.Execute("PRAGMA cache_size=-32000");
            connection.Execute("PRAGMA synchronous=FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that reads beside the writer.</summary>
    public static Connection OpenReader(string path)
    {
        // Not read-only: a reader of a database in WAL mode has to be able to write its shared memory.
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        connection.Execute("PRAGMA query_only=1");
        connection.Execute("PRAGMA cache_size=-4000");
        return connection;
    }

    /// <summary>The statement of this text, prepared once; ready to be bound.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new Statement(_connection.Handle!, sql));
        else
            statement.Reset();
        return statement;
    }

    /// <summary>Leaves every query that an exception interrupted.</summary>
    public void Reset()
    {
        foreach (var statement in _statements.Values)
            statement.Reset();
    }

    /// <summary>Runs a statement or several that are not needed again.</summary>
    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row of a query.</summary>
    public long Query(string sql)
    {
        var statement = Prepare(sql);
        var value = statement.Step() ? statement.Int64(0) : 0;
        statement.Reset();
        return value;
    }

    /// <summary>Another number whenever another connection committed since.</summary>
    public long DataVersion() => Query("PRAGMA data_version");

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle!) == 0;

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }

    private static Connection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyMilliseconds / 1000,
        }.ConnectionString);
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle!, BusyMilliseconds);
            raw.sqlite3_extended_result_codes(connection.Handle!, 1);
            return new Connection(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
