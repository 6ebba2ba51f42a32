using System.Diagnostics;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>A reader, what it was given, and what it read. The test's own thread polls it.</summary>
public sealed class GroupMember : IAssignmentListener, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly string _topic;

    public GroupMember(ILogReaderFactory readers, string group, string topic)
    {
        _topic = topic;
        Reader = readers.Open(group, topic, this);
    }

    public ILogReader Reader { get; }

    public SortedSet<int> Partitions { get; } = [];

    public List<LogRecord> Read { get; } = [];

    public List<string> Changes { get; } = [];

    /// <summary>Called with partitions that are about to go, while commits still count.</summary>
    public Action<IReadOnlyList<TopicPartition>>? BeforeHandingOver { get; set; }

    public IEnumerable<string?> Values => Read.Select(r => Bytes.Text(r.Value));

    /// <summary>Polls members in turn until a condition is met.</summary>
    public static void PollUntil(string what, Func<bool> condition, params GroupMember[] members)
    {
        for (var clock = Stopwatch.StartNew(); !condition();)
        {
            if (clock.Elapsed > Deadline)
                Assert.Fail($"Waited {Deadline.TotalSeconds} s for: {what}. Seen last: {string.Join("; ", members.Select(m => m.ToString()))}");
            foreach (var member in members)
                member.PollOnce(TimeSpan.FromMilliseconds(members.Length > 1 ? 20 : 100));
        }
    }

    public void PollUntil(string what, Func<bool> condition) => PollUntil(what, condition, this);

    public void ReadUntil(int count) => PollUntil($"{count} records", () => Read.Count >= count);

    public LogRecord? PollOnce(TimeSpan timeout)
    {
        LogRecord? record;
        try
        {
            record = Reader.Poll(timeout);
        }
        catch (LogReadException e) when (!e.IsFatal)
        {
            // As the port says: try again.
            Changes.Add("interrupted: " + e.Message);
            return null;
        }

        if (record is not null)
            Read.Add(record);
        return record;
    }

    /// <summary>Commits everything that was read.</summary>
    public void CommitRead()
    {
        foreach (var last in Read.GroupBy(r => r.Position.Partition).Select(g => g.MaxBy(r => r.Position.Offset)!))
            Reader.Commit(Partition(last.Position.Partition), last.Position.Offset + 1);
    }

    public TopicPartition Partition(int partition) => new(_topic, partition);

    public void Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        Partitions.UnionWith(partitions.Select(p => p.Partition));
        Changes.Add("assigned " + string.Join(',', partitions));
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        BeforeHandingOver?.Invoke(partitions);
        Partitions.ExceptWith(partitions.Select(p => p.Partition));
        Changes.Add("revoked " + string.Join(',', partitions));
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        Partitions.ExceptWith(partitions.Select(p => p.Partition));
        Changes.Add("lost " + string.Join(',', partitions));
    }

    public void Dispose() => Reader.Dispose();

    public override string ToString() =>
        $"{Read.Count} read, holds [{string.Join(',', Partitions)}], {string.Join(" / ", Changes)}, last values {string.Join(',', Values.TakeLast(5).Select(v => v?.Length > 40 ? v[..40] : v))}";
}
