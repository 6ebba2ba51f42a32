using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stages.Normalizing;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>What is kept of a rejection to see what becomes of it: not its payload.</summary>
/// <param name="Id">The rejection's id.</param>
/// <param name="StoreId">Its store.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Entries">The ids under which it is listed where it is refused again, by whichever stage.</param>
internal sealed record SentRejection(string Id, string StoreId, Guid EventId, IReadOnlyList<string> Entries)
{
    // The API refuses no record of the log.
    private static readonly string[] Stages = [NormalizerStage.StageName, PersisterStage.StageName];

    public static SentRejection Of(Rejection rejection) => new(
        rejection.Id, rejection.StoreId!, rejection.EventId,
        [.. Stages.Select(stage => RejectionRecords.IdOf(rejection.StoreId, rejection.EventId, stage, rejection.Payload.Span))]);
}
