using System.Text.Json;
using System.Text.Json.Serialization;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// A file beside the imported one that says which batches are settled, one line each, so that an import that was killed goes on where it was. It
/// is a help and no proof: a line that was lost is a batch that is sent again, and its Idempotency-Key makes that harmless.
/// </summary>
internal sealed partial class ImportJournal : IDisposable
{
    private static readonly TimeSpan SyncEvery = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;
    private readonly ImportIdentity _identity;
    private readonly TimeProvider _time;
    private readonly HashSet<int> _settled = [];
    private long _synced;

    private ImportJournal(FileStream file, ImportIdentity identity, TimeProvider time)
    {
        _file = file;
        _identity = identity;
        _time = time;
    }

    /// <summary>Whether nothing is noted yet.</summary>
    public bool IsNew => _file.Length == 0;

    /// <summary>What was settled in earlier runs.</summary>
    public BatchEntry Before { get; private set; } = new();

    /// <summary>Whether an earlier run came to the end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether a batch was settled in an earlier run.</summary>
    public bool IsSettled(int batch) => _settled.Contains(batch);

    /// <summary>Opens the journal of an import, or begins one; null and why not where it is another's.</summary>
    public static ImportJournal? TryOpen(string path, ImportIdentity identity, bool startOver, TimeProvider time, out string problem)
    {
        FileStream file;
        try
        {
            // Nobody else may have it open: two imports of one file at once would write each other's rejections.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException inUse) when (File.Exists(path))
        {
            problem = $"'{path}' is in use: is the file being imported by another process? {inUse.Message}";
            return null;
        }

        var journal = new ImportJournal(file, identity, time);
        if (startOver)
            file.SetLength(0);
        problem = journal.Read(path) ?? "";
        if (problem.Length == 0)
            return journal;
        journal.Dispose();
        return null;
    }

    /// <summary>
    /// Notes which import it is, before the first batch leaves a trace and not sooner: one that was refused whole, for its key, store or address, is no
    /// import that has begun.
    /// </summary>
    public void Begin()
    {
        if (!IsNew)
            return;
        Write(new JournalLine { File = _identity });
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Notes that a batch is settled.</summary>
    public void Settle(BatchEntry entry)
    {
        Begin();
        Write(new JournalLine { Batch = entry });
        if (_time.GetElapsedTime(_synced) < SyncEvery)
            return;
        _file.Flush(flushToDisk: true);
        _synced = _time.GetTimestamp();
    }

    /// <summary>Notes that the import came to its end.</summary>
    public void Finish()
    {
        Begin();
        Write(new JournalLine { Done = true });
        _file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        var isNew = IsNew;
        _file.Dispose();
        if (isNew)
            File.Delete(_file.Name);
    }

    private string? Read(string path)
    {
        var whole = 0L;
        foreach (var (line, end) in Lines())
        {
            if (whole == 0)
            {
                if (line.File is not { } begun)
                    return $"'{path}' is no journal of an import: move it away.";
                if (begun.Sha256 != _identity.Sha256)
                    return $"The file has changed since its import began (it had {begun.Bytes} bytes then, and has {_identity.Bytes}): put back what it was and run this again, or import what it is now with --start-over. What was accepted of the other one and is in this one is then stored again, where it has no uniqueId.";
                if (begun.Store != _identity.Store || begun.Url != _identity.Url)
                    return $"This file's import began into store '{begun.Store}' at {begun.Url}: name the same to go on with it, or give --start-over.";
            }

            if (line.Batch is { } batch && _settled.Add(batch.Index))
                Before = new BatchEntry { Accepted = Before.Accepted + batch.Accepted, Rejected = Before.Rejected + batch.Rejected, RejectedBytes = batch.RejectedBytes, ErrorsBytes = batch.ErrorsBytes };
            IsDone |= line.Done;
            whole = end;
        }

        // The end of a line may be missing where a run was killed.
        _file.SetLength(whole);
        _file.Position = whole;
        return null;
    }

    private IEnumerable<(JournalLine Line, long End)> Lines()
    {
        _file.Position = 0;
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var start = 0;
        while (Array.IndexOf(bytes, (byte)'\n', start) is var end and >= 0)
        {
            JournalLine? line;
            try
            {
                line = JsonSerializer.Deserialize(bytes.AsSpan(start, end - start), JournalJson.Default.JournalLine);
            }
            catch (JsonException)
            {
                line = new JournalLine();
            }

            start = end + 1;
            yield return (line ?? new JournalLine(), start);
        }
    }

    private void Write(JournalLine line)
    {
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine));
        _file.WriteByte((byte)'\n');
        // To the system at once: then only a crash of the machine loses it.
        _file.Flush();
    }

    /// <summary>A settled batch.</summary>
    internal sealed record BatchEntry
    {
        /// <summary>Which.</summary>
        public int Index { get; init; }

        /// <summary>How many of its events were accepted.</summary>
        public long Accepted { get; init; }

        /// <summary>How many of its lines were refused.</summary>
        public long Rejected { get; init; }

        /// <summary>How long the file of refused lines is with it, bytes.</summary>
        public long RejectedBytes { get; init; }

        /// <summary>How long the file of reasons is with it, bytes.</summary>
        public long ErrorsBytes { get; init; }
    }

    private sealed record JournalLine
    {
        public ImportIdentity? File { get; init; }

        public BatchEntry? Batch { get; init; }

        public bool Done { get; init; }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(JournalLine))]
    private sealed partial class JournalJson : JsonSerializerContext;
}
