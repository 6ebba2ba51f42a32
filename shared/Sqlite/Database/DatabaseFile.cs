using System.Collections.Concurrent;
using CustomEvents.Pipeline;
using Microsoft.Data.Sqlite;

namespace CustomEvents.Sqlite.Database;

/// <summary>A database file that is open: one writer, and connections that read beside it.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private const int MaxIdleReaders = 8;

    private readonly ConcurrentBag<Connection> _idle = [];
    private DatabaseWriter? _writer;

    public DatabaseFile(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileName(path);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its name without the folder.</summary>
    public string Name { get; }

    /// <summary>Writes it.</summary>
    public DatabaseWriter Writer => _writer ?? throw new InfrastructureException($"{Path} is not open.");

    /// <summary>Begins to write with a connection that is prepared.</summary>
    public void Start(Connection connection, IWriteObserver observer, TimeProvider time) =>
        _writer = new DatabaseWriter(this, connection, observer, time);

    /// <summary>Reads what is committed, and nothing that is committed meanwhile.</summary>
    /// <exception cref="InfrastructureException">The file cannot be read.</exception>
    public T Read<T>(Func<Connection, T> read)
    {
        try
        {
            var connection = Rent();
            try
            {
                connection.Prepare("BEGIN").Run();
                var result = read(connection);
                connection.Prepare("COMMIT").Run();
                Return(connection);
                return result;
            }
            catch
            {
                // It may be in the middle of a query.
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException exception)
        {
            throw SqliteFaults.Translate(exception, this);
        }
    }

    /// <summary>A connection of one's own that reads.</summary>
    public Connection OpenReader()
    {
        try
        {
            return Connection.OpenReader(Path);
        }
        catch (SqliteException exception)
        {
            throw SqliteFaults.Translate(exception, this);
        }
    }

    public void Dispose()
    {
        // The readers first: the last connection that closes copies the write-ahead log into the file.
        while (_idle.TryTake(out var connection))
            connection.Dispose();
        _writer?.Dispose();
    }

    private Connection Rent() => _idle.TryTake(out var connection) ? connection : Connection.OpenReader(Path);

    private void Return(Connection connection)
    {
        if (_idle.Count < MaxIdleReaders)
            _idle.Add(connection);
        else
            connection.Dispose();
    }
}
