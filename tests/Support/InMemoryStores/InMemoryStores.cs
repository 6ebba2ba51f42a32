using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

/// <summary>All stores in memory, under one lock: what a database does, without one. What <see cref="Fault"/> throws, a call throws, before or after it took effect.</summary>
public sealed partial class InMemoryStores
{
    private readonly Lock _lock = new();

    /// <summary>Called at the begin and at the end of every write, with the method's name and whether it took effect: throws to simulate a fault.</summary>
    public Action<string, bool>? Fault { get; set; }

    /// <summary>How many calls were made, by method.</summary>
    public Dictionary<string, int> Calls { get; } = [];

    private T Run<T>(string method, Func<T> work)
    {
        Fault?.Invoke(method, false);
        T result;
        lock (_lock)
        {
            Calls[method] = Calls.GetValueOrDefault(method) + 1;
            result = work();
        }

        Fault?.Invoke(method, true);
        return result;
    }

    private Task<T> RunAsync<T>(string method, Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(Run(method, work));
        }
        catch (Exception thrown)
        {
            return Task.FromException<T>(thrown);
        }
    }

    private static (string, Guid) Key(IEncodedEvent encoded) => (encoded.StoreId, encoded.EventId);
}
