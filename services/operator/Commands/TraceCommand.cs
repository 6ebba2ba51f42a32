using System.CommandLine;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Operator.Output;
using CustomEvents.Operator.Tracing;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events trace</c>: where one event is.</summary>
internal static class TraceCommand
{
    public static Command Create(Act act)
    {
        var store = Inputs.Store();
        var uniqueId = new Option<string?>("--unique-id") { Description = "The event's uniqueId." };
        var eventId = new Option<string?>("--event-id") { Description = "The event's id." };
        var since = Inputs.Since("From when on the log is read; the time in a version 7 id, else 1 h ago, where not given.");
        var trace = new Command("trace", "Says where one event is: not seen, in the log, normalized, stored, a duplicate, or rejected and why.")
        {
            store, uniqueId, eventId, since,
        };
        act(trace, async (parsed, session, cancellationToken) =>
        {
            var storeId = Inputs.StoreId(parsed.GetRequiredValue(store));
            var from = Inputs.Time(parsed.GetValue(since), "--since");
            var tracer = new EventTracer(
                session.Get<IEventReader>(), session.Get<IClaimStore>(), session.Get<IRejectionStore>(), session.Get<ILogInspector>(),
                session.Get<TopicNames>(), session.Get<TimeProvider>());
            var unique = parsed.GetValue(uniqueId);
            var found = (unique, parsed.GetValue(eventId)) switch
            {
                ({ } given, null) => await tracer.ByUniqueIdAsync(storeId, given, from, cancellationToken),
                (null, { } given) => await tracer.ByEventIdAsync(storeId, Inputs.EventId(given), from, cancellationToken),
                _ => throw new UsageException("Name the event by one of --unique-id and --event-id."),
            };
            if (session.Answer.IsJson)
                await session.Answer.JsonAsync(writer => Write(writer, storeId, unique, found));
            else
                await TellAsync(session, storeId, found);
            return EventsCommandLine.Done;
        });
        return trace;
    }

    private static string Text(TraceStatus status) => status switch
    {
        TraceStatus.NotSeen => "not_seen",
        TraceStatus.InLog => "in_log",
        TraceStatus.Normalized => "normalized",
        TraceStatus.Stored => "stored",
        TraceStatus.Duplicate => "duplicate",
        TraceStatus.Rejected => "rejected",
    };

    private static void Write(Utf8JsonWriter writer, string storeId, string? uniqueId, Trace trace)
    {
        writer.WriteStartObject();
        writer.WriteString("status", Text(trace.Status));
        writer.WriteEventId("eventId", trace.EventId);
        writer.WriteString("storeId", storeId);
        if ((uniqueId ?? trace.Stored?.UniqueId) is { } known)
            writer.WriteString("uniqueId", known);
        if (trace.DuplicateOf is { } first)
            writer.WriteEventId("duplicateOf", first);
        if (trace.Rejection is { } rejection)
        {
            writer.WriteStartObject("rejection");
            writer.WriteRejectionMembers(rejection);
            writer.WriteEndObject();
        }

        if (trace.Record is { } record)
        {
            writer.WriteStartObject("record");
            writer.WriteString("topic", record.Topic);
            writer.WriteNumber("partition", record.Position.Partition);
            writer.WriteNumber("offset", record.Position.Offset);
            writer.WriteTime("timestamp", record.Timestamp);
            writer.WriteEndObject();
        }

        if (trace.Stored is { } stored)
        {
            writer.WritePropertyName("event");
            writer.WriteRawValue(stored.Json);
        }

        writer.WriteStartArray("searched");
        foreach (var one in trace.Searched)
        {
            writer.WriteStartObject();
            writer.WriteString("topic", one.Topic);
            writer.WriteStartArray("partitions");
            foreach (var partition in one.Partitions)
                writer.WriteNumberValue(partition);
            writer.WriteEndArray();
            writer.WriteTime("since", one.Since);
            writer.WriteNumber("records", one.Records);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static async Task TellAsync(Session session, string storeId, Trace trace)
    {
        var answer = session.Answer;
        var at = trace.Record is { } record ? $"{record.Topic}[{record.Position.Partition}]@{record.Position.Offset}" : "";
        await answer.LineAsync(trace.Status switch
        {
            TraceStatus.NotSeen => $"Not seen in store '{storeId}'.",
            TraceStatus.InLog => $"In the log, not normalized yet: event {trace.EventId:D} {at}".TrimEnd(),
            TraceStatus.Normalized => $"Normalized, not stored yet: event {trace.EventId:D} at {at}",
            TraceStatus.Stored => $"Stored: event {trace.EventId:D}",
            TraceStatus.Duplicate => $"A duplicate: event {trace.EventId:D} has the uniqueId of event {trace.DuplicateOf:D}, which came first.",
            TraceStatus.Rejected => $"Rejected: event {trace.EventId:D} by {trace.Rejection!.Stage} at {trace.Rejection.RejectedAt.Text()}: {trace.Rejection.Code.ToText()} {trace.Rejection.Pointer} {trace.Rejection.Detail}",
        });
        if (trace.Stored is { } stored)
            await answer.LineAsync(stored.Json);
        if (trace.Rejection is { } rejection)
        {
            await session.NoteAsync(trace.Status == TraceStatus.Stored
                ? $"Another record of this event-id was refused ({rejection.Code.ToText()}), and has no effect: events rejections show {rejection.Id}"
                : $"After a fix: events rejections replay {rejection.Id}");
        }

        foreach (var searched in trace.Searched)
            await session.NoteAsync($"Looked through {searched.Records} record(s) of {Partitions(searched)} of {searched.Topic} since {searched.Since.Text()}.");
        if (trace.Status == TraceStatus.NotSeen)
            await session.NoteAsync("Give an earlier --since to look further back.");
    }

    private static string Partitions(Searched searched) => searched.Partitions is [var only] ? $"partition {only}" : $"{searched.Partitions.Count} other partitions";
}
