using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// Appends what a batch produced and refused, in order, for as long as it takes. One batch at a time: were the next begun before the one
/// before is durable, a failure between them would turn the order round.
/// </summary>
internal sealed class OutputAppender(LaneEnvironment environment, TopicPartition partition)
{
    private readonly FaultRun _faults = new();

    /// <summary>What is wrong with this lane's appends.</summary>
    public Trouble Trouble { get; } = new(environment, partition);

    /// <summary>What a batch has to append: each record of the log and the index of the record it comes from.</summary>
    public (OutgoingRecord[] Records, int[] Sources) Collect(Batch batch)
    {
        var count = 0;
        foreach (var outcome in batch.Outcomes)
        {
            if (outcome.Kind is OutcomeKind.Produced or OutcomeKind.Rejected)
                count++;
        }

        var records = new OutgoingRecord[count];
        var sources = new int[count];
        for (int i = 0, n = 0; n < count; i++)
        {
            if (batch.Outcomes[i].Kind is not (OutcomeKind.Produced or OutcomeKind.Rejected))
                continue;
            var record = batch.Outcomes[i].Kind == OutcomeKind.Produced ? batch.Outcomes[i].Output : Rejection(batch.Records[i], batch.Outcomes[i].Rejection!);
            records[n] = batch.Trace?.Continue(i, record) ?? record;
            sources[n++] = i;
        }

        return (records, sources);
    }

    /// <summary>Appends; returns when everything is durable.</summary>
    /// <exception cref="LogWriteException">The client broke: the lane has to start again at its first unacknowledged record.</exception>
    /// <exception cref="OperationCanceledException">There are to be no other attempts.</exception>
    public async Task AppendAsync(Batch batch, OutgoingRecord[] records, int[] sources, CancellationToken abort, CancellationToken noRetry)
    {
        Stack<(int From, int To)> ranges = new();
        if (records.Length > 0)
            ranges.Push((0, records.Length));
        while (ranges.TryPop(out var range))
        {
            Exception trouble;
            try
            {
                await environment.Writer.AppendMeasuredAsync(environment.Topics.System, new ArraySegment<OutgoingRecord>(records, range.From, range.To - range.From), abort);
                Trouble.Clear();
                if (HasProduced(batch, sources.AsSpan(range.From..range.To)))
                    _faults.Reset();
                continue;
            }
            catch (LogWriteException e) when (e.Kind == LogWriteFailure.RecordRefused && !abort.IsCancellationRequested)
            {
                if (range.To - range.From > 1)
                {
                    var middle = (range.From + range.To) / 2;
                    ranges.Push((middle, range.To));
                    ranges.Push((range.From, middle));
                    continue;
                }

                // What was refused as a rejection, or is the third in a row, is a fault of ours and stays.
                var source = sources[range.From];
                if (batch.Outcomes[source].Kind == OutcomeKind.Produced && !_faults.Add(e))
                {
                    try
                    {
                        RunnerLog.AtFault(environment.Logger, environment.Stage.Name, partition, batch.Records[source].Position.Offset, e.GetType());
                        var rejection = await environment.Stage.RejectAsync(batch.Records[source], ErrorCode.Unprocessable, e.Message, abort);
                        records[range.From] = Rejection(batch.Records[source], rejection);
                        batch.Outcomes[source] = Outcome.Rejected(rejection);
                        ranges.Push(range);
                        continue;
                    }
                    catch (Exception inner) when (!abort.IsCancellationRequested)
                    {
                        trouble = inner;
                    }
                }
                else
                {
                    trouble = e;
                }
            }
            catch (Exception e) when (!abort.IsCancellationRequested && e is not LogWriteException { Kind: LogWriteFailure.Fatal })
            {
                trouble = e;
            }

            await Trouble.WaitAsync(trouble, "cannot append", null, noRetry);
            ranges.Push(range);
        }
    }

    private static bool HasProduced(Batch batch, ReadOnlySpan<int> sources)
    {
        foreach (var source in sources)
        {
            if (batch.Outcomes[source].Kind == OutcomeKind.Produced)
                return true;
        }

        return false;
    }

    private OutgoingRecord Rejection(LogRecord record, StageRejection rejection) => RejectionRecords.Create(
        environment.Topics.Rejected, environment.Stage.Name, rejection.Original ?? record, rejection.EventId, rejection.Error);
}
