using System.Diagnostics;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Kafka.Reading;

/// <summary>Reads by assignment and not by subscription, so that no group notices.</summary>
internal sealed class KafkaLogInspector(ClientSettings settings, KafkaAdmin admin, ILogger<KafkaLogInspector> logger) : ILogInspector
{
    private const int ChunkSize = 500;
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private const long MaxTailBytes = 32L * 1024 * 1024;
    private static readonly TimeSpan TailLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    public async Task<int> PartitionsAsync(string topic, CancellationToken cancellationToken) =>
        (await admin.DescribeTopicAsync(topic).ConfigureAwait(false)).Partitions.Count;

    public async IAsyncEnumerable<LogRecord> ReadAsync(
        string topic, IReadOnlyCollection<int>? partitions, DateTime since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var description = await admin.DescribeTopicAsync(topic).ConfigureAwait(false);
        var topicId = TopicIds.ToGuid(description.TopicId);
        var ranges = await RangesAsync(topic, [.. partitions ?? Enumerable.Range(0, description.Partitions.Count)], since).ConfigureAwait(false);
        if (ranges.Count == 0)
            yield break;

        using var consumer = NewConsumer();
        var merge = new PartitionMerge(ranges.Select(static r => r.Partition));
        consumer.Assign(ranges.Select(r => new TopicPartitionOffset(topic, r.Partition, r.Start)));
        var ends = ranges.ToDictionary(static r => r.Partition, static r => r.End);
        while (!merge.IsDrained)
        {
            await Task.Run(() => Fill(consumer, topic, topicId, merge, ends, cancellationToken), cancellationToken).ConfigureAwait(false);
            while (merge.TryTake(out var record))
            {
                if (record.Timestamp >= since)
                    yield return record;
            }
        }
    }

    public async Task<IReadOnlyDictionary<(int Partition, long Offset), LogRecord>> ReadAtAsync(
        string topic, IReadOnlyCollection<(int Partition, long Offset)> places, CancellationToken cancellationToken)
    {
        var none = new Dictionary<(int, long), LogRecord>();
        if (await admin.FindTopicAsync(topic).ConfigureAwait(false) is not { } description)
            return none;
        var partitions = places.Select(static p => p.Partition).Where(p => p >= 0 && p < description.Partitions.Count).Distinct().ToArray();
        if (partitions.Length == 0)
            return none;
        var starts = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Earliest()).ConfigureAwait(false);
        var ends = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Latest()).ConfigureAwait(false);
        var wanted = places
            .Where(p => starts.TryGetValue(p.Partition, out var start) && p.Offset >= start && p.Offset < ends[p.Partition])
            .GroupBy(static p => p.Partition)
            .ToDictionary(static p => p.Key, static p => new Queue<long>(p.Select(static place => place.Offset).Distinct().Order()));
        return wanted.Count == 0
            ? none
            : await Task.Run(() => RecordsAt(topic, TopicIds.ToGuid(description.TopicId), wanted, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<PartitionProgress>> ProgressAsync(string group, string topic, CancellationToken cancellationToken)
    {
        var description = await admin.DescribeTopicAsync(topic).ConfigureAwait(false);
        var partitions = Enumerable.Range(0, description.Partitions.Count).ToArray();
        var starts = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Earliest()).ConfigureAwait(false);
        var ends = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Latest()).ConfigureAwait(false);
        var committed = await Task.Run(() => Committed(group, topic, partitions, cancellationToken), cancellationToken).ConfigureAwait(false);

        var progress = partitions
            .Select(p => new PartitionProgress(p, committed.TryGetValue(p, out var next) ? next : null, starts[p], ends[p], null))
            .ToArray();
        var behind = progress.Where(static p => p.Lag > 0).Select(static p => (p.Partition, Math.Max(p.Committed ?? p.Start, p.Start), p.End)).ToArray();
        if (behind.Length == 0)
            return progress;
        var oldest = await Task.Run(() => FirstAt(topic, TopicIds.ToGuid(description.TopicId), behind, cancellationToken), cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(progress, p => oldest.TryGetValue(p.Partition, out var record) ? p with { OldestUnfinished = record.WaitingSince } : p);
    }

    public async Task<IReadOnlyList<LogRecord>> TailAsync(string topic, int perPartition, CancellationToken cancellationToken)
    {
        var description = await admin.DescribeTopicAsync(topic).ConfigureAwait(false);
        var partitions = Enumerable.Range(0, description.Partitions.Count).ToArray();
        var starts = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Earliest()).ConfigureAwait(false);
        var ends = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Latest()).ConfigureAwait(false);
        var places = partitions.Where(p => ends[p] > starts[p]).ToDictionary(static p => p, p => (Start: Math.Max(starts[p], ends[p] - perPartition), End: ends[p]));
        return places.Count == 0
            ? []
            : await Task.Run(() => Tail(topic, TopicIds.ToGuid(description.TopicId), places, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public Task<int> MembersAsync(string group, CancellationToken cancellationToken) => admin.MemberCountAsync(group);

    /// <summary>
    /// What a group has committed; partitions without a commit are absent. A consumer asks that does not join: librdkafka's admin client dies of the
    /// answer "not the coordinator" to this question, which a broker gives while it starts.
    /// </summary>
    private Dictionary<int, long> Committed(string group, string topic, int[] partitions, CancellationToken cancellationToken)
    {
        var asGroup = new Dictionary<string, string>(settings.Onlooker()) { ["group.id"] = group };
        using var consumer = NewConsumer(asGroup);
        var asked = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return consumer.Committed([.. partitions.Select(p => new Confluent.Kafka.TopicPartition(topic, p))], ClientSettings.RequestTimeout)
                    .Where(static p => p.Offset.Value >= 0)
                    .ToDictionary(static p => p.Partition.Value, static p => p.Offset.Value);
            }
            catch (KafkaException e) when (asked.Elapsed < ClientSettings.RequestTimeout && IsCoordinatorAway(e.Error.Code))
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Lets the client look for the coordinator.
                consumer.Consume(PollTimeout);
            }
            catch (KafkaException e)
            {
                throw new InfrastructureException($"Kafka did not tell the offsets of group {group}: {e.Error.Reason} ({e.Error.Code}).", e);
            }
        }
    }

    private static bool IsCoordinatorAway(ErrorCode code) => code
        is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.GroupLoadInProgress or ErrorCode.Local_WaitCoord;

    private async Task<List<(int Partition, long Start, long End)>> RangesAsync(string topic, int[] partitions, DateTime since)
    {
        var ends = await admin.OffsetsAsync(topic, partitions, OffsetSpec.Latest()).ConfigureAwait(false);
        var starts = since <= DateTime.UnixEpoch
            ? await admin.OffsetsAsync(topic, partitions, OffsetSpec.Earliest()).ConfigureAwait(false)
            : await admin.OffsetsAsync(topic, partitions, OffsetSpec.ForTimestamp(new DateTimeOffset(since).ToUnixTimeMilliseconds())).ConfigureAwait(false);
        // No record at or behind the time: -1.
        return partitions.Where(p => starts[p] >= 0 && starts[p] < ends[p]).Select(p => (p, starts[p], ends[p])).ToList();
    }

    /// <summary>Reads on until every partition that is not at its end has a record waiting, and a chunk more where it is there already.</summary>
    private static void Fill(
        IConsumer<byte[]?, byte[]?> consumer, string topic, Guid topicId, PartitionMerge merge, Dictionary<int, long> ends, CancellationToken cancellationToken)
    {
        for (var read = 0; read < ChunkSize || merge.IsStarved;)
        {
            if ((merge.IsStarved ? Next(consumer, topic, cancellationToken) : Consume(consumer, TimeSpan.Zero)) is not { } result)
                return;
            var partition = result.Partition.Value;
            var end = ends[partition];
            if (!result.IsPartitionEOF && result.Offset.Value < end)
            {
                merge.Add(partition, Records.From(result, topic, topicId));
                read++;
            }

            if (result.IsPartitionEOF || result.Offset.Value + 1 >= end)
            {
                if (merge.End(partition))
                    consumer.Pause([new Confluent.Kafka.TopicPartition(topic, partition)]);
            }
        }
    }

    /// <summary>The records at the offsets, by one reader that goes through each partition once.</summary>
    private Dictionary<(int Partition, long Offset), LogRecord> RecordsAt(
        string topic, Guid topicId, Dictionary<int, Queue<long>> wanted, CancellationToken cancellationToken)
    {
        using var consumer = NewConsumer();
        consumer.Assign(wanted.Select(p => new TopicPartitionOffset(topic, p.Key, p.Value.Peek())));
        var found = new Dictionary<(int, long), LogRecord>();
        while (wanted.Count > 0)
        {
            var result = Next(consumer, topic, cancellationToken);
            var partition = result.Partition.Value;
            if (!wanted.TryGetValue(partition, out var offsets))
                continue;
            var offset = result.Offset.Value;
            // What is passed over is gone: removed by the retention meanwhile, or left out by the log.
            while (offsets.TryPeek(out var next) && (result.IsPartitionEOF || next <= offset))
            {
                offsets.Dequeue();
                if (!result.IsPartitionEOF && next == offset)
                    found[(partition, offset)] = Records.From(result, topic, topicId);
            }

            if (offsets.Count == 0)
            {
                wanted.Remove(partition);
                consumer.Pause([new Confluent.Kafka.TopicPartition(topic, partition)]);
            }
            else if (offsets.Peek() - offset > ChunkSize)
            {
                consumer.Seek(new TopicPartitionOffset(topic, partition, offsets.Peek()));
            }
        }

        return found;
    }

    /// <summary>The first record of each partition at or behind an offset.</summary>
    private Dictionary<int, LogRecord> FirstAt(string topic, Guid topicId, (int Partition, long Start, long End)[] places, CancellationToken cancellationToken)
    {
        using var consumer = NewConsumer();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(topic, p.Partition, p.Start)));
        var found = new Dictionary<int, LogRecord>();
        var open = places.Select(static p => p.Partition).ToHashSet();
        while (open.Count > 0)
        {
            var result = Next(consumer, topic, cancellationToken);
            if (open.Remove(result.Partition.Value))
            {
                if (!result.IsPartitionEOF)
                    found[result.Partition.Value] = Records.From(result, topic, topicId);
                consumer.Pause([new Confluent.Kafka.TopicPartition(topic, result.Partition)]);
            }
        }

        return found;
    }

    /// <summary>Reads the places to their ends, or as much of them as comes in a bounded time and memory.</summary>
    private List<LogRecord> Tail(string topic, Guid topicId, Dictionary<int, (long Start, long End)> places, CancellationToken cancellationToken)
    {
        using var consumer = NewConsumer();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(topic, p.Key, p.Value.Start)));
        var records = new List<LogRecord>();
        var bytes = 0L;
        for (var clock = Stopwatch.StartNew(); places.Count > 0 && bytes < MaxTailBytes && clock.Elapsed < TailLimit;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Consume(consumer, PollTimeout) is not { } result || !places.TryGetValue(result.Partition.Value, out var place))
                continue;
            if (!result.IsPartitionEOF && result.Offset.Value < place.End)
            {
                records.Add(Records.From(result, topic, topicId));
                bytes += records[^1].Size;
            }

            if (result.IsPartitionEOF || result.Offset.Value + 1 >= place.End)
            {
                places.Remove(result.Partition.Value);
                // The result itself names no topic, and the client dies of a pause without one.
                consumer.Pause([new Confluent.Kafka.TopicPartition(topic, result.Partition)]);
            }
        }

        return records;
    }

    /// <summary>What comes next, a partition's end included, where something has to.</summary>
    private static ConsumeResult<byte[]?, byte[]?> Next(IConsumer<byte[]?, byte[]?> consumer, string topic, CancellationToken cancellationToken)
    {
        for (var stalled = TimeSpan.Zero; stalled < StallLimit; stalled += PollTimeout)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Consume(consumer, PollTimeout) is { } result)
                return result;
        }

        throw new InfrastructureException($"Kafka gave no records of {topic} for {StallLimit.TotalSeconds} s, and the end was not reached; try again.");
    }

    private static ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer, TimeSpan timeout)
    {
        try
        {
            return consumer.Consume(timeout);
        }
        catch (KafkaException e)
        {
            throw new InfrastructureException($"Kafka cannot be read now: {e.Error.Reason} ({e.Error.Code}).", e);
        }
    }

    private IConsumer<byte[]?, byte[]?> NewConsumer() => NewConsumer(settings.Onlooker());

    private IConsumer<byte[]?, byte[]?> NewConsumer(Dictionary<string, string> configuration) => new ConsumerBuilder<byte[]?, byte[]?>(configuration)
        .SetLogHandler((_, message) => KafkaLog.Client(logger, message))
        .SetErrorHandler((_, error) => KafkaLog.ClientError(logger, error.Code, error.Reason))
        .Build();
}
