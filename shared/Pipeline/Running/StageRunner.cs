using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// Runs a stage over a topic, as a member of a group. A thread of its own polls and does nothing else; each partition has a lane that
/// processes its records in order; offsets are committed only past what is durable downstream. Lost infrastructure is waited out.
/// </summary>
public sealed class StageRunner : IReadinessSource, IAssignmentListener
{
    // How long a full lane is waited for: far under the time that the log gives a member between two polls.
    private static readonly TimeSpan MaxWaitForRoom = TimeSpan.FromSeconds(1);

    // For so long a reader that was opened anew must not break again before it is said to be well.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(30);

    // About what a record takes, in bytes.
    private const int TypicalRecord = 1024;

    private readonly object _moved = new();
    private readonly IStage _stage;
    private readonly string _topic;
    private readonly string _group;
    private readonly ILogReaderFactory _readers;
    private readonly StageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ByteBudget _budget;
    private readonly LaneEnvironment _environment;
    private readonly ConcurrentDictionary<int, Lane> _lanes = new();
    private readonly ConcurrentQueue<Lane> _ended = new();
    private volatile bool _attention;
    private volatile string? _readProblem;
    private ILogReader? _reader;
    private int _running;
    private long? _doubtedSince;
    private long _committedAt;
    private Lane? _full;
    private Lane? _lastFull;
    private long _fullSince;

    /// <summary>Makes a runner; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="stage">What is done to the records.</param>
    /// <param name="topic">The topic that is read.</param>
    /// <param name="group">The group that reads it.</param>
    /// <param name="readers">Opens the reader.</param>
    /// <param name="writer">Takes what the stage produces and refuses.</param>
    /// <param name="topics">Names the topic of rejections.</param>
    /// <param name="options">The settings, valid.</param>
    /// <param name="time">The clock of pauses, bounds and ages.</param>
    /// <param name="logger">Hears of trouble and of partitions that come and go.</param>
    public StageRunner(
        IStage stage,
        string topic,
        string group,
        ILogReaderFactory readers,
        ILogWriter writer,
        TopicNames topics,
        StageOptions options,
        TimeProvider time,
        ILogger<StageRunner> logger)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(topics);
        (_stage, _topic, _group, _readers, _options, _time, _logger) = (stage, topic, group, readers, options, time, logger);
        _budget = new(options.MaxBytesInFlight, BytesOfFullBatches(stage, options));
        _environment = new(stage, group, writer, topics, options, time, logger, _budget, new(options.MaxConcurrentBatches), new(1), topic == topics.Raw ? new StoreShares(time) : null, Attend);
        _readProblem = $"has not joined the group of {topic} yet";
    }

    /// <inheritdoc />
    public string Name => _stage.Name;

    /// <inheritdoc />
    public string? Problem
    {
        get
        {
            if (_readProblem is { } problem)
                return problem;
            foreach (var (_, lane) in _lanes)
            {
                if (lane.Problem is { } trouble)
                    return trouble;
            }

            return null;
        }
    }

    /// <summary>The bytes that the lanes hold now.</summary>
    internal long BytesInFlight => _budget.Used;

    /// <summary>Works until it is told to stop; returns when what was in work is finished and committed, or its bound is over, and the group is left.</summary>
    /// <param name="stopping">Asks for the stop.</param>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public Task RunAsync(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("The runner runs already.");
        return Task.Factory.StartNew(
            () => Run(stopping), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    void IAssignmentListener.Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_lanes.TryRemove(partition.Partition, out var old))
                Drop(old);
            _lanes[partition.Partition] = new Lane(_environment, partition);
            RunnerLog.Assigned(_logger, Name, partition);
        }

        _budget.ShareOut(_lanes.Count);
    }

    void IAssignmentListener.Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        var lanes = Taken(partitions);
        Finish(lanes, _options.RevocationTimeout);
        foreach (var lane in lanes)
            RunnerLog.Revoked(_logger, Name, lane.Partition, lane.Next);
    }

    void IAssignmentListener.Lost(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var lane in Taken(partitions))
        {
            Drop(lane);
            RunnerLog.Lost(_logger, Name, lane.Partition);
        }
    }

    internal IEnumerable<Measurement<long>> LagInRecords()
    {
        foreach (var (_, lane) in _lanes)
        {
            if (lane.End is { } end && lane.Next is { } next)
                yield return new(Math.Max(0, end - next), Tags(lane));
        }
    }

    internal IEnumerable<Measurement<double>> LagInSeconds()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        foreach (var (_, lane) in _lanes)
        {
            var seconds = lane.OldestUnfinished is { } oldest ? (now - oldest.WaitingSince).TotalSeconds : 0;
            yield return new(Math.Max(0, seconds), Tags(lane));
        }
    }

    internal Measurement<long> MeasureBytesInFlight() => new(BytesInFlight, new KeyValuePair<string, object?>("custom_events.stage", Name));

    internal Measurement<long> MeasureBytesLimit() => new(_options.MaxBytesInFlight, new KeyValuePair<string, object?>("custom_events.stage", Name));

    internal IEnumerable<Measurement<double>> MeasureStoreShares() => _environment.Shares?.Measure(Name) ?? [];

    /// <summary>What those in work and the next one may take.</summary>
    private static long BytesOfFullBatches(IStage stage, StageOptions options) =>
        (options.MaxConcurrentBatches + 1) * Math.Min(options.MaxBatchBytes, (long)options.MaxBatchRecordsOf(stage) * TypicalRecord);

    private KeyValuePair<string, object?>[] Tags(Lane lane) =>
    [
        new("custom_events.stage", Name),
        new("messaging.destination.name", _topic),
        new("messaging.destination.partition.id", lane.Partition.Partition.ToString(CultureInfo.InvariantCulture)),
    ];

    private void Attend(Lane lane)
    {
        if (lane.WantsRestart)
            _ended.Enqueue(lane);
        _attention = true;
        lock (_moved)
            Monitor.Pulse(_moved);
    }

    private void Run(CancellationToken stopping)
    {
        PipelineMetrics.Register(this);
        try
        {
            for (var failures = 0; !stopping.IsCancellationRequested;)
            {
                try
                {
                    _reader = _readers.Open(_group, _topic, this);
                    // One that broke, and not for want of the log, may break again as soon as it comes to the same record.
                    if (_doubtedSince is null)
                        _readProblem = null;
                    else
                        _doubtedSince = _time.GetTimestamp();
                    Read(ref failures, stopping);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    // Whatever the reader broke with: it is opened anew, and what it had read is read again.
                    failures++;
                    if (e is not LogReadException)
                        _doubtedSince = _time.GetTimestamp();
                    Close();
                    Pause(e, failures, stopping);
                }
                finally
                {
                    Close();
                }
            }
        }
        finally
        {
            PipelineMetrics.Unregister(this);
            RunnerLog.Ended(_logger, Name);
        }
    }

    private void Read(ref int failures, CancellationToken stopping)
    {
        var reader = _reader!;
        _committedAt = _time.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!WaitsForRoom() && reader.Poll(_options.PollTimeout) is { } record)
                    Deliver(record);
                if (failures > 0 && (_doubtedSince is not { } since || _time.GetElapsedTime(since) >= Doubt))
                {
                    failures = 0;
                    _doubtedSince = null;
                    _readProblem = null;
                }
            }
            catch (LogReadException e) when (!e.IsFatal)
            {
                Pause(e, ++failures, stopping);
            }

            if (_attention)
                LookAfterLanes();
            if (_time.GetElapsedTime(_committedAt) >= _options.CommitInterval)
                CommitAll();
        }

        var lanes = _lanes.Values.ToArray();
        Finish(lanes, _options.ShutdownTimeout);
        _lanes.Clear();
        reader.Close();
    }

    private void Deliver(LogRecord record)
    {
        var partition = record.Position.Partition;
        if (!_lanes.TryGetValue(partition, out var lane))
            return;
        if (lane.TopicId is { } topicId && topicId != record.Position.TopicId)
        {
            // The topic was made anew: its offsets mean other records now, and none of the old ones may be committed.
            Drop(lane);
            _lanes[partition] = lane = new Lane(_environment, lane.Partition) { IsPaused = lane.IsPaused };
        }

        lane.Add(record);
        if (_lastFull != lane)
            _lastFull = null;
        if (lane.IsPaused || !IsFull(lane))
            return;
        _full = lane;
        // The time goes on while nothing but this lane's records come: behind them may stand those of others.
        if (_lastFull is null)
            (_lastFull, _fullSince) = (lane, _time.GetTimestamp());
    }

    /// <summary>
    /// Whether the poll waits for a full lane rather than pause its partition: what the log's client has fetched of a partition it drops at a pause and fetches
    /// again. It does so only while that holds nobody up: the lane goes on, and no other has nothing to do though its partition has more.
    /// </summary>
    private bool WaitsForRoom()
    {
        if (_full is not { } full)
            return false;
        if (IsFull(full) && _lanes.GetValueOrDefault(full.Partition.Partition) == full)
        {
            if (!full.HasEnded && full.Problem is null && _time.GetElapsedTime(_fullSince) < MaxWaitForRoom && !_lanes.Any(l => IsStarved(l.Value)))
            {
                lock (_moved)
                {
                    if (IsFull(full))
                        Monitor.Wait(_moved, _options.PollTimeout < MaxWaitForRoom ? _options.PollTimeout : MaxWaitForRoom);
                }

                return true;
            }

            _reader!.Pause(full.Partition);
            full.IsPaused = true;
            _lastFull = null;
            // Room may have come between the look and the pause.
            _attention = true;
        }

        _full = null;
        return false;
    }

    private bool IsStarved(Lane lane) =>
        !lane.IsPaused && (lane.Held.Records == 0 || (lane.IsHungry && !IsFull(lane)))
        && _reader!.HighWatermark(lane.Partition) > (lane.Last + 1 ?? lane.End ?? 0);

    private void LookAfterLanes()
    {
        _attention = false;
        while (_ended.TryDequeue(out var ended))
        {
            if (!_lanes.TryGetValue(ended.Partition.Partition, out var current) || current != ended)
                continue;
            _lanes[ended.Partition.Partition] = new Lane(_environment, ended.Partition, ended) { Committed = ended.Committed, End = ended.End, IsPaused = ended.IsPaused };
            if (ended.Next is { } next)
            {
                _reader!.Seek(ended.Partition, next);
                RunnerLog.Restarted(_logger, Name, ended.Partition, next);
            }
        }

        foreach (var (_, lane) in _lanes)
        {
            if (lane.IsPaused && HasRoom(lane))
            {
                _reader!.Resume(lane.Partition);
                lane.IsPaused = false;
            }
        }
    }

    private bool IsFull(Lane lane)
    {
        var (records, bytes) = lane.Held;
        return lane.HasEnded || records >= _options.MaxLaneRecords || bytes >= _options.MaxLaneBytes || _budget.IsSpent
            || (bytes >= _budget.Share && !(lane.IsHungry && _budget.CanLend));
    }

    private bool HasRoom(Lane lane)
    {
        var (records, bytes) = lane.Held;
        return records == 0
            ? !lane.HasEnded
            : !IsFull(lane) && (lane.IsHungry || (records <= _options.MaxLaneRecords / 2 && bytes <= _budget.Share / 2));
    }

    private Lane[] Taken(IReadOnlyList<TopicPartition> partitions)
    {
        List<Lane> lanes = [];
        foreach (var partition in partitions)
        {
            if (_lanes.TryRemove(partition.Partition, out var lane))
                lanes.Add(lane);
        }

        _budget.ShareOut(_lanes.Count);
        return [.. lanes];
    }

    /// <summary>Lets lanes finish what is in work, breaks off what is not done in time, and commits what is.</summary>
    private void Finish(Lane[] lanes, TimeSpan bound)
    {
        foreach (var lane in lanes)
            lane.Drain();
        Await(lanes, bound);
        foreach (var lane in lanes)
        {
            if (!lane.Completion.IsCompleted)
            {
                RunnerLog.Unfinished(_logger, Name, lane.Partition, bound);
                lane.Abort();
            }

            Commit(lane);
        }
    }

    private void Await(Lane[] lanes, TimeSpan bound)
    {
        using var enough = new CancellationTokenSource();
        Task.WhenAny(Task.WhenAll(lanes.Select(l => l.Completion)), Task.Delay(bound, _time, enough.Token)).GetAwaiter().GetResult();
        enough.Cancel();
    }

    private static void Drop(Lane lane) => lane.Abort();

    private void CommitAll()
    {
        _committedAt = _time.GetTimestamp();
        foreach (var (_, lane) in _lanes)
        {
            Commit(lane);
            lane.End = _reader!.HighWatermark(lane.Partition);
        }
    }

    private void Commit(Lane lane)
    {
        if (lane.Next is not { } next || next == lane.Committed || next == lane.First)
            return;
        _reader!.Commit(lane.Partition, next);
        lane.Committed = next;
    }

    private void Pause(Exception failure, int failures, CancellationToken stopping)
    {
        var reason = failure is LogReadException or InfrastructureException ? failure.Message : failure.GetType().Name;
        _readProblem = $"cannot read {_topic}: {reason}";
        var delay = Backoff.Delay(failures, _options.MinBackoff, _options.MaxBackoff, Random.Shared.NextDouble());
        RunnerLog.CannotRead(_logger, Name, _topic, reason, delay);
        Task.WhenAny(Task.Delay(delay, _time, stopping)).GetAwaiter().GetResult();
    }

    /// <summary>Lets go of the reader, and of lanes that it still had.</summary>
    private void Close()
    {
        var left = _lanes.Values.ToArray();
        _lanes.Clear();
        foreach (var lane in left)
            Drop(lane);
        if (left.Length > 0)
            Await(left, _options.RevocationTimeout);
        _ended.Clear();
        try
        {
            _reader?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            RunnerLog.CannotRead(_logger, Name, _topic, e.GetType().Name, TimeSpan.Zero);
        }

        _reader = null;
    }
}
