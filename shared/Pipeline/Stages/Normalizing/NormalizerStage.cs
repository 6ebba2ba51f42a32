using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>
/// From raw to normalized (contract sections 6 and 9): validates, decides duplicates, resolves the customer, and produces. It owns
/// the claims and the identifiers of customers.
/// </summary>
public sealed class NormalizerStage(
    ITenantStore tenants, IClaimStore claims, ICustomerDirectory customers, IEventStore events, TopicNames topics, TimeProvider? time = null) : IStage
{
    /// <summary>The stage's name: of its group, and in what it refuses.</summary>
    public const string StageName = "normalizer";

    private readonly KnownStores _stores = new(tenants);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc />
    public string Name => StageName;

    /// <summary>500: what is made of a record lives as long as its batch, and larger ones, which save nothing here, are copied by the collector twice.</summary>
    public int MaxBatchRecords => 500;

    /// <inheritdoc />
    public IStageLane OpenLane(TopicPartition partition) => new NormalizerLane(
        _stores, claims, events, new IdentityResolver(customers, _time), topics);

    /// <inheritdoc />
    public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken)
    {
        var raw = RawRecord.Read(record, new EventParser(), []);
        return ValueTask.FromResult(new StageRejection(raw.EventId, new EventError("", code, detail)));
    }
}
