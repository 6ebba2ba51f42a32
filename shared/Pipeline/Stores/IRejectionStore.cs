using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>What was refused, kept for 30 days.</summary>
public interface IRejectionStore
{
    /// <summary>Stores rejections; one that is there already under its id is renewed.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be stored.</exception>
    Task AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancellationToken);

    /// <summary>Rejections, newest first, without their payloads: a listing of thousands would move gigabytes.</summary>
    IAsyncEnumerable<Rejection> ListAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>How many were refused at a time or later, by code; a code without any is absent.</summary>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    Task<IReadOnlyDictionary<ErrorCode, long>> CountAsync(DateTime since, CancellationToken cancellationToken);

    /// <summary>One by its id, with its payload; null where there is none.</summary>
    Task<Rejection?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Those of these ids that there are, in any order, without their payloads.</summary>
    Task<IReadOnlyList<Rejection>> LookUpAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Notes when one was replayed, where it is still the one that was read: one that was refused again in the meantime is not marked, whatever the
    /// clocks of two machines say.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="rejectedAt">Its <see cref="Rejection.RejectedAt"/> as it was read.</param>
    /// <param name="replayedAt">When, UTC.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task MarkReplayedAsync(string id, DateTime rejectedAt, DateTime replayedAt, CancellationToken cancellationToken);
}
