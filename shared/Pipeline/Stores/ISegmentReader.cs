using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Answers segment conditions from the index alone.</summary>
public interface ISegmentReader
{
    /// <summary>The customers that meet a condition, each once.</summary>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    IAsyncEnumerable<CustomerId> FindCustomersAsync(SegmentCondition condition, CancellationToken cancellationToken);
}
