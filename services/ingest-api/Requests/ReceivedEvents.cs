using CustomEvents.Events;
using CustomEvents.IngestApi.Answers;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.IngestApi.Requests;

/// <summary>What a request's body turned out to be: records to append and what to say of them, or errors. Pooled; disposing gives it back.</summary>
internal sealed class ReceivedEvents(Action<ReceivedEvents> giveBack) : IDisposable
{
    /// <summary>Checks the events; keeps its scratch memory.</summary>
    public EventParser Parser { get; } = new();

    /// <summary>What is wrong with the whole request; then nothing is appended.</summary>
    public List<EventError> Errors { get; } = [];

    /// <summary>Each event's own bytes.</summary>
    public List<ReadOnlyMemory<byte>> Events { get; } = [];

    /// <summary>What became of each event.</summary>
    public List<BulkResult> Results { get; } = [];

    /// <summary>The first thing that is wrong with each event, its pointer into the event itself; null where nothing is.</summary>
    public List<EventError?> FirstErrors { get; } = [];

    /// <summary>What is to be appended: valid events to the raw topic, invalid ones to that of rejections.</summary>
    public List<OutgoingRecord> Records { get; } = [];

    /// <summary>How many events are invalid.</summary>
    public int Rejected { get; set; }

    /// <summary>How many events are valid.</summary>
    public int Accepted => Results.Count - Rejected;

    /// <inheritdoc/>
    public void Dispose()
    {
        Errors.Clear();
        Events.Clear();
        Results.Clear();
        FirstErrors.Clear();
        Records.Clear();
        Rejected = 0;
        giveBack(this);
    }
}
