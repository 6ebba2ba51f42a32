using System.Collections.Concurrent;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>The stores' file, and the numbers of its names that the process knows.</summary>
internal sealed class StoreState(DatabaseFile file) : IWriteObserver
{
    private const int MaxKnown = 20_000;

    private readonly ConcurrentDictionary<string, long> _stores = new(StringComparer.Ordinal);

    /// <summary>The file.</summary>
    public DatabaseFile File { get; } = file;

    /// <summary>Gives names their numbers, inside the writer's transaction.</summary>
    public NameNumbers Names { get; } = new();

    /// <summary>A store's number for reading; 0, which no store has, where nothing was written for it yet.</summary>
    public long StoreNumber(Connection connection, string storeId)
    {
        if (_stores.TryGetValue(storeId, out var number))
            return number;
        var select = connection.Prepare("SELECT store FROM store_names WHERE store_id=?1").Bind(1, storeId);
        number = select.Step() ? select.Int64(0) : 0;
        select.Reset();
        if (number == 0)
            return 0;
        // A number never changes and never goes.
        if (_stores.Count >= MaxKnown)
            _stores.Clear();
        _stores[storeId] = number;
        return number;
    }

    /// <summary>Writes; what it returns is on the disk.</summary>
    public Task<T> WriteAsync<T>(Func<Connection, T> write, CancellationToken cancellationToken) =>
        File.Writer.WriteAsync(write, durable: true, cancellationToken);

    /// <summary>Writes what reaches the disk with the next write that has to be there.</summary>
    public Task<T> WriteSoonAsync<T>(Func<Connection, T> write, CancellationToken cancellationToken) =>
        File.Writer.WriteAsync(write, durable: false, cancellationToken);

    /// <summary>Reads.</summary>
    public Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(File.Read(read));
    }

    /// <inheritdoc />
    public void Begun(Connection connection)
    {
    }

    /// <inheritdoc />
    public void Committed()
    {
    }

    /// <inheritdoc />
    public void RolledBack() => Names.Forget();
}
