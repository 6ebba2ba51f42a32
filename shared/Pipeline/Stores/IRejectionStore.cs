namespace CustomEvents.Pipeline.Stores;

/// <summary>What was refused, kept for 30 days.</summary>
public interface IRejectionStore
{
    /// <summary>Stores rejections; one that is there already under its id is renewed.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be stored.</exception>
    Task AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancellationToken);

    /// <summary>Rejections, newest first. A store may leave payloads out here (a listing of thousands would move gigabytes): <see cref="FindAsync"/> has them.</summary>
    IAsyncEnumerable<Rejection> ListAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>One by its id; null where there is none.</summary>
    Task<Rejection?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Notes when it was replayed.</summary>
    Task MarkReplayedAsync(string id, DateTime replayedAt, CancellationToken cancellationToken);
}
