using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// Gets one outcome for every record of a batch. Trouble of the infrastructure is waited out. Where a batch fails for another reason it is halved, left
/// before right, until the records are found that fail alone; what is then at fault becomes a rejection, and what might be a fault of ours stays.
/// </summary>
internal sealed class BatchProcessor(LaneEnvironment environment, TopicPartition partition, LaneTurn turn, Func<IReadOnlyList<LogRecord>, IPreparedBatch> prepare)
{
    private readonly FaultRun _faults = new();
    private bool _stopped;

    /// <summary>What is wrong with this lane's processing.</summary>
    public Trouble Trouble { get; } = new(environment, partition);

    /// <summary>
    /// Processes a batch. Null where every record has its outcome. Else the failure of a record that fails alone, but in a way that may be ours, and with which no
    /// other succeeded that could tell: the batch has to be given again, later or together with the next.
    /// </summary>
    /// <param name="batch">The batch; its outcomes are set.</param>
    /// <param name="abort">Ends the work.</param>
    /// <param name="noRetry">Ends the attempts.</param>
    public async Task<Exception?> ProcessAsync(Batch batch, CancellationToken abort, CancellationToken noRetry)
    {
        var runBefore = _faults.State;
        var oneSucceeded = false;
        List<(int Index, Exception Fault)> suspects = [];
        Stack<(int From, int To)> ranges = new();
        ranges.Push((0, batch.Records.Length));
        while (ranges.TryPop(out var range))
        {
            var fault = await TryAsync(batch, range.From, range.To, abort, noRetry);
            if (fault is null)
            {
                // A refusal shows nothing: what refuses a record may never have asked the store that fails for the others.
                if (AllRejected(batch.Outcomes.AsSpan(range.From..range.To)))
                    continue;
                await RejectAsync(batch, suspects, abort, noRetry);
                suspects.Clear();
                oneSucceeded = true;
                _faults.Reset();
                _stopped = false;
                Trouble.Clear();
            }
            else if (range.To - range.From > 1)
            {
                var middle = (range.From + range.To) / 2;
                ranges.Push((middle, range.To));
                ranges.Push((range.From, middle));
            }
            else if (_stopped)
            {
                await RestAsync(fault, "the lane is stopped, three records in a row fail the same way", noRetry);
                ranges.Push(range);
            }
            else if (_faults.Add(fault))
            {
                // Those of the run that are still undecided are not at fault either: start again at the first of them, one at a time.
                var first = Math.Max(0, suspects.Count - (FaultRun.Limit - 1));
                var again = suspects.Count > 0 ? suspects[first].Index : range.From;
                suspects.RemoveRange(suspects.Count > 0 ? first : 0, suspects.Count > 0 ? suspects.Count - first : 0);
                _stopped = true;
                RunnerLog.Stopped(environment.Logger, environment.Stage.Name, partition, batch.Records[again].Position.Offset);
                await RestAsync(fault, "the lane is stopped, three records in a row fail the same way", noRetry);
                for (var i = range.From; i >= again; i--)
                    ranges.Push((i, i + 1));
            }
            else
            {
                suspects.Add((range.From, fault));
            }
        }

        if (!oneSucceeded && suspects.Find(s => s.Fault is not RecordFaultException).Fault is { } undecided)
        {
            _faults.Restore(runBefore);
            return undecided;
        }

        await RejectAsync(batch, suspects, abort, noRetry);
        if (!_stopped)
            Trouble.Clear();
        return null;
    }

    private static bool AllRejected(ReadOnlySpan<Outcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.Kind != OutcomeKind.Rejected)
                return false;
        }

        return true;
    }

    private async Task<Exception?> TryAsync(Batch batch, int from, int to, CancellationToken abort, CancellationToken noRetry)
    {
        IPreparedBatch? prepared = null;
        var kept = false;
        try
        {
            while (true)
            {
                Exception trouble;
                try
                {
                    prepared ??= prepare(new ArraySegment<LogRecord>(batch.Records, from, to - from));
                    var outcomes = await prepared.ProcessAsync(abort);
                    if (outcomes.Count != to - from)
                        throw new InvalidOperationException($"The stage gave {outcomes.Count} outcomes for {to - from} records.");
                    for (var i = 0; i < outcomes.Count; i++)
                        batch.Outcomes[from + i] = outcomes[i];
                    batch.Keep(prepared);
                    kept = true;
                    if (!_stopped)
                        Trouble.Clear();
                    return null;
                }
                catch (Exception e) when (!abort.IsCancellationRequested && IsInfrastructure(e))
                {
                    trouble = e;
                }
                catch (Exception e) when (!abort.IsCancellationRequested)
                {
                    return e;
                }

                await RestAsync(trouble, "cannot process", noRetry);
            }
        }
        finally
        {
            if (!kept)
                prepared?.Dispose();
        }
    }

    private Task RestAsync(Exception failure, string what, CancellationToken noRetry) =>
        turn.RestAsync(Trouble.WaitAsync(failure, what, null, noRetry), noRetry);

    // A cancellation that nobody asked for is a driver's time limit.
    private static bool IsInfrastructure(Exception e) => e is InfrastructureException or OperationCanceledException or LogWriteException;

    private async Task RejectAsync(Batch batch, List<(int Index, Exception Fault)> faults, CancellationToken abort, CancellationToken noRetry)
    {
        foreach (var (index, fault) in faults)
        {
            var record = batch.Records[index];
            RunnerLog.AtFault(environment.Logger, environment.Stage.Name, partition, record.Position.Offset, fault.GetType());
            var code = fault is RecordFaultException known ? known.Code : ErrorCode.Unprocessable;
            while (true)
            {
                try
                {
                    batch.Outcomes[index] = Outcome.Rejected(await environment.Stage.RejectAsync(record, code, fault.Message, abort));
                    break;
                }
                catch (Exception e) when (!abort.IsCancellationRequested)
                {
                    await RestAsync(e, "cannot reject", noRetry);
                }
            }
        }
    }
}
