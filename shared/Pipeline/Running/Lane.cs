using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// One partition's records on their way: read, formed into batches when it is the lane's turn, processed one batch after the other, appended (while the next is
/// processed), and done. The thread that polls adds and ends; all else is the lane's own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Ended by anyone at any time, so the token sources live as long as it; none has a timer or a foreign registration.")]
internal sealed class Lane
{
    private readonly LaneEnvironment _environment;
    private readonly LaneQueue _queue;
    private readonly LaneTurn _turn;
    private readonly BatchProcessor _processor;
    private readonly OutputAppender _appender;
    private readonly Trouble _restart;
    private readonly Lock _gate = new();
    private readonly OffsetWatermark _watermark = new();
    private readonly Queue<LogRecord> _unfinished = new();
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _noRetry;
    private IStageLane? _work;
    private Exception? _failure;
    private long _bytes;
    private long _lentBytes;
    private long? _last;
    private bool _ended;

    public Lane(LaneEnvironment environment, TopicPartition partition, Lane? previous = null)
    {
        _environment = environment;
        Partition = partition;
        _queue = new(environment.Options, environment.Options.MaxBatchRecordsOf(environment.Stage), environment.Time);
        _turn = new(environment.Turns, environment.NextTurn, () => environment.Attention(this));
        _processor = new(environment, partition, _turn, records => _work!.Prepare(records));
        _appender = new(environment, partition);
        _restart = new(environment, partition);
        if (previous is not null)
            _restart.Inherit(previous._restart);
        _noRetry = CancellationTokenSource.CreateLinkedTokenSource(_draining.Token, _abort.Token);
        Completion = Task.Run(RunAsync);
    }

    public TopicPartition Partition { get; }

    /// <summary>Ends when nothing of the lane is in work any more.</summary>
    public Task Completion { get; }

    /// <summary>Whether it takes no more records.</summary>
    public bool HasEnded => _queue.IsClosed;

    /// <summary>Whether it ended by itself and has to be opened anew, at <see cref="Next"/>.</summary>
    public bool WantsRestart { get; private set; }

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public string? Problem => _restart.Problem ?? _processor.Trouble.Problem ?? _appender.Trouble.Problem;

    /// <summary>The raw topic's id of its records; null before the first.</summary>
    public Guid? TopicId { get; private set; }

    /// <summary>The offset of the first record that was added; null before it.</summary>
    public long? First { get; private set; }

    /// <summary>Whether the reader's partition is paused. The polling thread's own note.</summary>
    public bool IsPaused { get; set; }

    /// <summary>What was committed last. The polling thread's own note.</summary>
    public long? Committed { get; set; }

    /// <summary>The offset behind the partition's last record, where known.</summary>
    public long? End { get; set; }

    /// <summary>The offset from which on nothing is known to be done; null before the first record.</summary>
    public long? Next
    {
        get
        {
            lock (_gate)
                return _watermark.Next;
        }
    }

    /// <summary>The offset of the record that was added last; null before the first.</summary>
    public long? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>How many records and bytes it holds, from being read to being durable downstream.</summary>
    public (int Records, long Bytes) Held
    {
        get
        {
            lock (_gate)
                return (_unfinished.Count, _bytes);
        }
    }

    /// <summary>The first record that is not done; null where none is held.</summary>
    public LogRecord? OldestUnfinished
    {
        get
        {
            lock (_gate)
                return _unfinished.TryPeek(out var record) ? record : null;
        }
    }

    /// <summary>Whether the next batch in work is this lane's and could be larger.</summary>
    public bool IsHungry => _turn.IsNext && !_queue.HasFullBatch;

    /// <summary>Adds a record that was read.</summary>
    public void Add(LogRecord record)
    {
        lock (_gate)
        {
            if (record.Position.Offset <= _last)
                return;
            _last = record.Position.Offset;
            First ??= record.Position.Offset;
            TopicId ??= record.Position.TopicId;
            _watermark.Begin(record.Position.Offset);
            // Noted all the same: the lane that follows starts at the first that is not done.
            if (_ended)
                return;
            _unfinished.Enqueue(record);
            Hold(record.Size);
        }

        _queue.Add(record);
    }

    /// <summary>Lets it finish the batch in work, without other attempts, and drop the rest.</summary>
    public void Drain()
    {
        _draining.Cancel();
        _queue.Close();
    }

    /// <summary>Breaks off what is in work.</summary>
    public void Abort()
    {
        Drain();
        _abort.Cancel();
    }

    private void Break(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _queue.Close();
        _abort.Cancel();
    }

    private void Hold(long bytes)
    {
        _bytes += bytes;
        _environment.Budget.Move(bytes, _bytes, ref _lentBytes);
    }

    private async Task RunAsync()
    {
        Task appended = Task.CompletedTask;
        Batch? current = null;
        try
        {
            _work = _environment.Stage.OpenLane(Partition);
            while (true)
            {
                _queue.SetIdle(true);
                await _queue.WaitAsync();
                await _turn.EnterAsync(_noRetry.Token);
                if (_queue.Take() is not { } records)
                    break;
                current = new Batch(records, _environment.Time.GetTimestamp());
                current.StartTrace(_environment, Partition);
                while (await _processor.ProcessAsync(current, _abort.Token, _noRetry.Token) is { } undecided)
                {
                    // A record that fails in a way that may be ours. The next one decides: if it succeeds, this one is at fault.
                    _queue.SetIdle(true);
                    await _turn.RestAsync(_processor.Trouble.WaitAsync(undecided, "cannot process", _queue.WaitAsync(), _noRetry.Token), _noRetry.Token);
                    if (_queue.Take() is { } more)
                    {
                        current = current.Merge(more);
                        current.StartTrace(_environment, Partition);
                    }

                    _noRetry.Token.ThrowIfCancellationRequested();
                }

                _turn.Leave();
                var (outgoing, sources, bytes) = await CollectAsync(current);
                await appended;
                appended = FinishAsync(current, outgoing, sources, bytes);
                current = null;
                Activity.Current = null;
            }

            await appended;
        }
        catch (OperationCanceledException) when (_noRetry.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Break(e);
        }

        _turn.Leave();
        await EndAsync(appended, current);
    }

    private async Task EndAsync(Task appended, Batch? current)
    {
        _queue.Close();
        current?.Dispose();
        try
        {
            // What is being appended may still become durable, and then counts.
            await appended;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Told already: FinishAsync breaks the lane with it.
        }

        _work?.Dispose();
        lock (_gate)
        {
            _ended = true;
            _unfinished.Clear();
            Hold(-_bytes);
        }

        if (_failure is not null && !_draining.IsCancellationRequested)
        {
            try
            {
                await _restart.WaitAsync(_failure, "starts again", null, _draining.Token);
                WantsRestart = true;
            }
            catch (OperationCanceledException)
            {
            }
        }

        _environment.Attention(this);
    }

    private async Task<(OutgoingRecord[] Records, int[] Sources, long Bytes)> CollectAsync(Batch batch)
    {
        while (true)
        {
            try
            {
                var (records, sources) = _appender.Collect(batch);
                var bytes = 0L;
                foreach (var record in records)
                    bytes += record.Value?.Length ?? 0;
                lock (_gate)
                    Hold(bytes);
                return (records, sources, bytes);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                await _processor.Trouble.WaitAsync(e, "cannot make rejections", null, _noRetry.Token);
            }
        }
    }

    private async Task FinishAsync(Batch batch, OutgoingRecord[] records, int[] sources, long bytes)
    {
        await Task.Yield();
        try
        {
            await _appender.AppendAsync(batch, records, sources, _abort.Token, _noRetry.Token);
            lock (_gate)
            {
                foreach (var record in batch.Records)
                {
                    for (var released = _watermark.End(record.Position.Offset); released > 0; released--)
                        bytes += _unfinished.Dequeue().Size;
                }

                Hold(-bytes);
            }

            _restart.Clear();
            BatchMeasure.Done(_environment, Partition, batch);
            batch.Trace?.Done(batch.Outcomes);
            _environment.Attention(this);
        }
        catch (OperationCanceledException) when (_noRetry.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            Break(e);
            throw;
        }
        finally
        {
            batch.Dispose();
        }
    }
}
