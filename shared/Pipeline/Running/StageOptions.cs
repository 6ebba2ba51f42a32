using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>How a <see cref="StageRunner"/> works; the section <c>Stage</c> of the configuration. Sizes are in bytes.</summary>
public sealed class StageOptions
{
    /// <summary>
    /// Bytes of records, and of what was made of them, that all lanes of a runner hold together; 34 MiB. What full batches take, at most half, is lent to
    /// the lanes in work and to the next one; the rest is shared out equally. A lane that holds nothing always takes one record, however large. Too low: small batches, slow.
    /// Too high: memory, roughly three times as much as is set.
    /// </summary>
    public long MaxBytesInFlight { get; set; } = 34L * 1024 * 1024;

    /// <summary>
    /// Records that one lane holds; 12,000, where the bytes do not end it sooner. Above it the poll waits for the lane, or, where that would hold up another, its partition
    /// is paused. Too low: what the log's client has fetched of a partition is fetched again after each pause, and reading becomes the limit. Too high: memory.
    /// </summary>
    public int MaxLaneRecords { get; set; } = 12_000;

    /// <summary>Bytes that one lane holds at most, also where its share is larger; 16 MiB.</summary>
    public long MaxLaneBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>
    /// Records in a batch; 8,000. Too low: more round trips, and a write for each event of a customer instead of one for all
    /// of them. Too high: long retries, and time limits run out.
    /// </summary>
    public int MaxBatchRecords { get; set; } = 8_000;

    /// <summary>
    /// Batches in work at once, of all partitions of a runner; 2. What comes to the other partitions meanwhile makes their batches larger. Too low: one slow batch holds
    /// up all partitions. Too high: small batches that get in each other's way, and memory: each is decoded, at some KB a record.
    /// </summary>
    public int MaxConcurrentBatches { get; set; } = 2;

    /// <summary>Bytes in a batch; 8 MiB. A larger record is a batch of its own.</summary>
    public long MaxBatchBytes { get; set; } = 8L * 1024 * 1024;

    /// <summary>
    /// How old the oldest record of a batch becomes while a busy lane waits for more; 5 ms. A quiet lane takes its records at once, and a batch never
    /// waits while the one before is in work. Too high: delay for nothing. Zero: never wait.
    /// </summary>
    public TimeSpan MaxBatchAge { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long one poll of the log waits for a record; 50 ms. Also how soon a paused partition goes on. Too high: slow to stop and to resume.</summary>
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often offsets are committed; 1 s. Too high: more records are read again after a crash.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause after the first failure; 100 ms. It doubles from failure to failure and is jittered.</summary>
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two attempts; 10 s. Too high: slow to notice that a database is back.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a partition that is taken away may finish the batch in work; 10 s. Nothing is polled meanwhile, so it has to be well under the
    /// session and poll limits of the log's client. Too low: more is done twice by the next owner.
    /// </summary>
    public TimeSpan RevocationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stop may finish the batches in work; 15 s, which leaves 5 of the 20 s of a stop for the commit and for leaving the group. Has to be under what the
    /// host (25 s) and the orchestrator wait before they kill.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Records in a batch of a stage, which may take fewer at once.</summary>
    internal int MaxBatchRecordsOf(IStage stage) => Math.Min(MaxBatchRecords, stage.MaxBatchRecords);

    /// <summary>What is wrong with the settings: each names the setting, its value and the remedy. Empty where all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        AtLeast(nameof(MaxBytesInFlight), MaxBytesInFlight, 1024 * 1024, "bytes");
        AtLeast(nameof(MaxLaneRecords), MaxLaneRecords, 1, "records");
        AtLeast(nameof(MaxLaneBytes), MaxLaneBytes, 64 * 1024, "bytes");
        AtLeast(nameof(MaxBatchRecords), MaxBatchRecords, 1, "records");
        AtLeast(nameof(MaxConcurrentBatches), MaxConcurrentBatches, 1, "batch");
        AtLeast(nameof(MaxBatchBytes), MaxBatchBytes, 1024, "bytes");
        Within(nameof(MaxBatchAge), MaxBatchAge, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Within(nameof(PollTimeout), PollTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        Within(nameof(CommitInterval), CommitInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Within(nameof(MinBackoff), MinBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Within(nameof(MaxBackoff), MaxBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Within(nameof(RevocationTimeout), RevocationTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(4));
        Within(nameof(ShutdownTimeout), ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        if (MaxBackoff < MinBackoff)
            problems.Add($"Stage:{nameof(MaxBackoff)} is {MaxBackoff}, less than Stage:{nameof(MinBackoff)} ({MinBackoff}). Set it to at least as much.");
        if (MaxLaneRecords < MaxBatchRecords)
            problems.Add($"Stage:{nameof(MaxLaneRecords)} is {MaxLaneRecords}, less than Stage:{nameof(MaxBatchRecords)} ({MaxBatchRecords}): no batch could be full. Set it to half as much again.");
        return problems;

        void AtLeast(string name, long value, long least, string unit)
        {
            if (value < least)
                problems.Add($"Stage:{name} is {value}. Set it to {least} {unit} or more.");
        }

        void Within(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
                problems.Add($"Stage:{name} is {value}. Set it to between {least} and {most}, as hh:mm:ss.fff.");
        }
    }
}
