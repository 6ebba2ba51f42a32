using System.Collections.Concurrent;
using Confluent.Kafka;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;
using TopicPartition = CustomEvents.Pipeline.Log.TopicPartition;

namespace CustomEvents.Kafka.Reading;

/// <summary>
/// A member of a group. What is done is stored with the client, which commits it in the background; what was stored last is
/// committed before partitions are handed over (docs/decisions/0003-assignor.md says why all of them are at each rebalance).
/// </summary>
internal sealed class KafkaLogReader : ILogReader
{
    private static readonly TimeSpan TopicIdTimeout = TimeSpan.FromSeconds(5);

    // Sooner than this nobody deletes a topic, makes it anew and fills it beyond the offset that was read last.
    private static readonly TimeSpan TopicIdHolds = TimeSpan.FromSeconds(1);

    private readonly IConsumer<byte[]?, ReadOnlyMemory<byte>?> _consumer;
    private readonly Dictionary<int, RecordMemory> _memories = [];
    private readonly IAdminClient _admin;
    private readonly string _group;
    private readonly string _topic;
    private readonly IAssignmentListener _listener;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<int, long> _stored = new();
    private readonly Dictionary<int, (long Offset, long At)> _delivered = [];
    private readonly Dictionary<int, long> _seeks = [];
    private readonly HashSet<int> _paused = [];
    private Guid? _topicId;
    private Guid? _lastTopicId;
    private long _topicIdSeenAt;
    private Exception? _listenerFailure;
    private volatile Error? _fatal;
    private bool _adminGone;
    private volatile bool _closed;

    public KafkaLogReader(
        Dictionary<string, string> properties, string group, string topic, IAssignmentListener listener, TimeProvider time, ILogger logger)
    {
        _group = group;
        _topic = topic;
        _listener = listener;
        _time = time;
        _logger = logger;
        _consumer = new ConsumerBuilder<byte[]?, ReadOnlyMemory<byte>?>(properties)
            .SetKeyDeserializer(new SharedKeys())
            .SetValueDeserializer(new RecordMemory.Values())
            .SetLogHandler((_, message) => KafkaLog.Client(_logger, message))
            .SetErrorHandler((_, error) => OnError(error))
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => OnRevoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => OnLost(partitions))
            .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
            .Build();
        // Asks over the consumer's own connections.
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        _consumer.Subscribe(topic);
    }

    public LogRecord? Poll(TimeSpan timeout)
    {
        if (_seeks.Count > 0)
            RetrySeeks();
        ConsumeResult<byte[]?, ReadOnlyMemory<byte>?>? result;
        try
        {
            result = _consumer.Consume(timeout);
        }
        catch (ConsumeException e)
        {
            throw Translate(e.Error, e);
        }
        catch (KafkaException e)
        {
            throw Translate(e.Error, e);
        }
        finally
        {
            ThrowIfBroken();
        }

        if (result?.Message is null)
            return null;
        var partition = result.Partition.Value;
        var offset = result.Offset.Value;
        // A seek that the client had not taken yet: it will be taken, and what came before it does not count.
        if (_seeks.Count > 0 && _seeks.ContainsKey(partition))
            return null;
        if (_topicId is null || MayBeAnew(partition, offset))
        {
            var before = _lastTopicId;
            FindTopicId(result.Partition, offset);
            if (before is not null && before != _topicId)
            {
                StartAnew();
                return null;
            }
        }

        _delivered[partition] = (offset, _time.GetTimestamp());
        if (!_memories.TryGetValue(partition, out var memory))
            _memories.Add(partition, memory = new RecordMemory());
        return Records.From(result, memory, _topic, _topicId!.Value);
    }

    public void Pause(TopicPartition partition)
    {
        if (_paused.Add(partition.Partition))
            OnPartition(partition, p => _consumer.Pause([p]));
    }

    public void Resume(TopicPartition partition)
    {
        if (_paused.Remove(partition.Partition))
            OnPartition(partition, p => _consumer.Resume([p]));
    }

    public void Seek(TopicPartition partition, long offset)
    {
        _delivered.Remove(partition.Partition);
        _seeks.Remove(partition.Partition);
        if (!TrySeek(partition.Partition, offset))
            _seeks[partition.Partition] = offset;
    }

    public void Commit(TopicPartition partition, long nextOffset)
    {
        if (_closed)
            return;
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(_topic, partition.Partition, nextOffset));
            _stored[partition.Partition] = nextOffset;
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // It belongs to somebody else by now, who reads it again from the last commit.
        }
    }

    public long? HighWatermark(TopicPartition partition)
    {
        if (_closed)
            return null;
        try
        {
            var high = _consumer.GetWatermarkOffsets(new Confluent.Kafka.TopicPartition(_topic, partition.Partition)).High;
            return high == Offset.Unset ? null : high.Value;
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            return null;
        }
    }

    public void Close()
    {
        if (_closed)
            return;
        DisposeAdmin();
        try
        {
            // Hands all partitions over, through the handler, and leaves.
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            KafkaLog.ReadInterrupted(_logger, _topic, _group, e.Error.Code, e.Error.Reason);
        }

        Dispose();
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        DisposeAdmin();
        _consumer.Dispose();
    }

    // It works on the consumer's handle, and has to go before it.
    private void DisposeAdmin()
    {
        if (_adminGone)
            return;
        _adminGone = true;
        _admin.Dispose();
    }

    /// <summary>Where the reader begins: at what is committed, but in a topic that was made anew since it read last at the beginning.</summary>
    private List<TopicPartitionOffset> OnAssigned(List<Confluent.Kafka.TopicPartition> partitions)
    {
        var before = _lastTopicId;
        KafkaLog.Assigned(_logger, _group, partitions.Count, _topic);
        foreach (var partition in partitions)
            Forget(partition.Partition.Value);
        // The group may have slept while the topic was made anew.
        _topicId = null;
        if (partitions.Count > 0)
            TryFindTopicId();
        Tell(() => _listener.Assigned(partitions.ConvertAll(static p => new TopicPartition(p.Topic, p.Partition.Value))));
        var start = before is not null && _topicId is not null && before != _topicId ? Offset.Beginning : Offset.Unset;
        return partitions.ConvertAll(p => new TopicPartitionOffset(p, start));
    }

    private void OnRevoked(List<TopicPartitionOffset> partitions)
    {
        Tell(() => _listener.Revoked(partitions.ConvertAll(static p => new TopicPartition(p.Topic, p.Partition.Value))));
        CommitStored(partitions);
        KafkaLog.Revoked(_logger, _group, partitions.Count, _topic);
        foreach (var partition in partitions)
            Forget(partition.Partition.Value);
    }

    private void OnLost(List<TopicPartitionOffset> partitions)
    {
        KafkaLog.Lost(_logger, _group, partitions.Count, _topic);
        foreach (var partition in partitions)
            Forget(partition.Partition.Value);
        Tell(() => _listener.Lost(partitions.ConvertAll(static p => new TopicPartition(p.Topic, p.Partition.Value))));
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        if (committed.Error.IsError && committed.Error.Code != ErrorCode.Local_NoOffset)
            KafkaLog.CommitFailed(_logger, _group, _topic, committed.Error.Code, committed.Error.Reason);
    }

    private void OnError(Error error)
    {
        if (error.IsFatal)
            _fatal = error;
        KafkaLog.ClientError(_logger, error.Code, error.Reason);
    }

    // In effect before the handler returns, that is before anybody else gets the partitions.
    private void CommitStored(List<TopicPartitionOffset> partitions)
    {
        var offsets = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            if (_stored.TryRemove(partition.Partition.Value, out var next))
                offsets.Add(new TopicPartitionOffset(partition.TopicPartition, next));
        }

        if (offsets.Count == 0)
            return;
        try
        {
            _consumer.Commit(offsets);
        }
        catch (KafkaException e)
        {
            KafkaLog.CommitFailed(_logger, _group, _topic, e.Error.Code, e.Error.Reason);
        }
    }

    private void Forget(int partition)
    {
        _stored.TryRemove(partition, out _);
        _delivered.Remove(partition);
        _seeks.Remove(partition);
        _paused.Remove(partition);
        _memories.Remove(partition);
    }

    // Called from inside the client: what a listener throws is kept until the client has done its part.
    private void Tell(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            _listenerFailure ??= e;
        }
    }

    private void ThrowIfBroken()
    {
        if (_fatal is { } fatal)
            throw new LogReadException($"The Kafka consumer of {_topic} failed for good: {fatal.Reason} ({fatal.Code}).", isFatal: true, new KafkaException(fatal));
        if (_listenerFailure is { } failure)
        {
            _listenerFailure = null;
            throw new LogReadException($"The reader of {_topic} could not follow a change of its partitions: {failure.Message}", isFatal: true, failure);
        }
    }

    private LogReadException Translate(Error error, Exception inner)
    {
        if (error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.UnknownTopicId or ErrorCode.OffsetOutOfRange or ErrorCode.Local_UnknownTopic)
            _topicId = null;
        // No room for the record, and the client is past it already: opened anew, the reader begins at what is committed.
        var isSkipped = error.Code is ErrorCode.Local_KeyDeserialization or ErrorCode.Local_ValueDeserialization;
        return new LogReadException($"{_topic} cannot be read now: {error.Reason} ({error.Code}).", error.IsFatal || isSkipped, inner);
    }

    private void TryFindTopicId()
    {
        try
        {
            var id = TopicIds.FindAsync(_admin, _topic, TopicIdTimeout).GetAwaiter().GetResult();
            if (_lastTopicId is { } last && last != id)
                KafkaLog.TopicMadeAnew(_logger, _topic, id);
            _topicId = _lastTopicId = id;
            _topicIdSeenAt = _time.GetTimestamp();
        }
        catch (KafkaException e)
        {
            KafkaLog.ReadInterrupted(_logger, _topic, _group, e.Error.Code, e.Error.Reason);
        }
    }

    // The client goes on at the same offset of a topic that was made anew, and does not tell where that offset exists: after any time in which
    // it may have happened the id is looked up again. An offset that comes again without a seek is another topic in any case.
    // It costs at most one question to a broker each second, over the consumer's connection, and none while records keep coming; the poll waits for its
    // answer, so that a cluster which gives none holds up for 5 s records that were fetched before.
    private bool MayBeAnew(int partition, long offset) =>
        _delivered.TryGetValue(partition, out var last)
            ? offset <= last.Offset || (_time.GetElapsedTime(last.At) > TopicIdHolds && _time.GetElapsedTime(_topicIdSeenAt) > TopicIdHolds)
            : _time.GetElapsedTime(_topicIdSeenAt) > TopicIdHolds;

    // Every offset means another record now: what is held of the old topic is dropped, and the new one read from its beginning.
    private void StartAnew()
    {
        var partitions = _consumer.Assignment;
        foreach (var partition in partitions)
            Forget(partition.Partition.Value);
        List<TopicPartition> own = [.. partitions.Select(static p => new TopicPartition(p.Topic, p.Partition.Value))];
        Tell(() => _listener.Lost(own));
        Tell(() => _listener.Assigned(own));
        _consumer.Resume(partitions);
        foreach (var partition in partitions)
        {
            if (!TrySeek(partition.Partition.Value, Offset.Beginning))
                _seeks[partition.Partition.Value] = Offset.Beginning;
        }
    }

    // A record without its topic's id would get another event's identity: it is read again rather than delivered so.
    private void FindTopicId(Partition partition, long offset)
    {
        _topicId = null;
        TryFindTopicId();
        if (_topicId is not null)
            return;
        if (!TrySeek(partition.Value, offset))
            _seeks[partition.Value] = offset;
        throw new LogReadException($"{_topic} cannot be read now: its topic id could not be looked up.");
    }

    private void RetrySeeks()
    {
        foreach (var (partition, offset) in _seeks.ToArray())
        {
            if (TrySeek(partition, offset))
                _seeks.Remove(partition);
        }
    }

    private bool TrySeek(int partition, long offset)
    {
        try
        {
            _consumer.Seek(new TopicPartitionOffset(_topic, partition, offset));
            return true;
        }
        catch (KafkaException)
        {
            // Assigned a moment ago and not fetched yet: the client does not take a seek before.
            return false;
        }
    }

    private void OnPartition(TopicPartition partition, Action<Confluent.Kafka.TopicPartition> act)
    {
        try
        {
            act(new Confluent.Kafka.TopicPartition(_topic, partition.Partition));
        }
        catch (Exception e) when (e is KafkaException or TopicPartitionException)
        {
            // It is not assigned any more; what comes next about it is its revocation or loss.
            _paused.Remove(partition.Partition);
        }
    }
}
