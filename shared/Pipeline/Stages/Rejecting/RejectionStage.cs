using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Rejecting;

/// <summary>Lists what was refused: from the topic of rejections into their collection, each once (contract section 8).</summary>
public sealed class RejectionStage(IRejectionStore rejections, TopicNames topics) : IStage
{
    /// <summary>The stage's name: of its group, and in what it refuses.</summary>
    public const string StageName = "rejections";

    /// <inheritdoc />
    public string Name => StageName;

    /// <inheritdoc />
    public IStageLane OpenLane(TopicPartition partition) => new Lane(rejections, topics);

    /// <summary>
    /// A rejection is never rejected: it would come back for ever. One that cannot be listed is a fault of ours, and its lane waits for the remedy.
    /// The detail stays out of the message, which is logged: it may be a driver's, with a customer's data in it.
    /// </summary>
    public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken) =>
        throw new InfrastructureException($"The rejection at {record.Topic}[{record.Position.Partition}]@{record.Position.Offset} cannot be stored ({code.ToText()}).");

    private sealed class Lane(IRejectionStore rejections, TopicNames topics) : IStageLane
    {
        public IPreparedBatch Prepare(IReadOnlyList<LogRecord> records) =>
            new Batch(rejections, records.Select(record => RejectionRecords.Read(record, topics)).ToList());

        public void Dispose()
        {
        }
    }

    private sealed class Batch(IRejectionStore store, List<Rejection> rejections) : IPreparedBatch
    {
        public async Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken)
        {
            // Inside a batch the last of an id counts: it renews the entry.
            var last = new Dictionary<string, Rejection>(rejections.Count, StringComparer.Ordinal);
            foreach (var rejection in rejections)
                last[rejection.Id] = rejection;
            await store.AddAsync([.. last.Values], cancellationToken);
            return [.. Enumerable.Repeat(Outcome.Done, rejections.Count)];
        }

        public void Dispose()
        {
        }
    }
}
