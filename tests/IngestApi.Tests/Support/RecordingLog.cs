using System.Collections.Concurrent;
using System.Text;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>A log that copies what is appended, and fails or waits where the test says so.</summary>
public sealed class RecordingLog : ILogWriter
{
    private readonly ConcurrentQueue<IReadOnlyList<Appended>> _appends = new();

    /// <summary>What the next appends throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the next appends wait for before they are durable.</summary>
    public Task? Gate { get; set; }

    /// <summary>Calls that were begun.</summary>
    public int Begun { get; private set; }

    /// <summary>What became durable, one list for each call.</summary>
    public IReadOnlyList<IReadOnlyList<Appended>> Appends => [.. _appends];

    public IReadOnlyList<Appended> Records => [.. _appends.SelectMany(a => a)];

    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        Begun++;
        if (Gate is { } gate)
            await gate;
        if (Failure is { } failure)
            throw failure;
        // Copied only now: the API may not have given the memory back before this.
        _appends.Enqueue([.. records.Select(r => new Appended(
            r.Topic, Encoding.UTF8.GetString(r.Key!.Value.Span), r.Value!.Value.ToArray(),
            r.Headers.GroupBy(h => h.Key).ToDictionary(g => g.Key, g => Encoding.UTF8.GetString(g.Last().Value!))))]);
    }

    public sealed record Appended(string Topic, string Key, byte[] Value, IReadOnlyDictionary<string, string> Headers)
    {
        public string Text => Encoding.UTF8.GetString(Value);
    }
}
