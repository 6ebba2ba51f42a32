using System.Text.Json;
using System.Text.Unicode;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events;

/// <summary>The body of a bulk request, contract sections 1 and 2: <c>{"events": [ ... ]}</c> and nothing else.</summary>
public static class BulkEnvelope
{
    /// <summary>
    /// Finds each event's own bytes without looking into its rules. True where the envelope is right; what is wrong
    /// inside an event that is JSON by itself is that event's own matter.
    /// </summary>
    /// <param name="body">The body, with or without a byte order mark.</param>
    /// <param name="events">Takes each element's bytes, in order.</param>
    /// <param name="errors">Takes what is wrong with the envelope, pointers into the request.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, ICollection<ReadOnlyMemory<byte>> events, ICollection<EventError> errors)
    {
        body = ByteOrderMark.Skip(body);
        if (!Utf8.IsValid(body.Span))
        {
            errors.Add(InvalidJson.NotUtf8());
            return false;
        }
        var found = new List<EventError>();
        try
        {
            Read(body, events, found);
        }
        catch (JsonException broken)
        {
            errors.Add(InvalidJson.From(broken));
            return false;
        }
        foreach (var error in found)
            errors.Add(error);
        return found.Count == 0;
    }

    private static void Read(ReadOnlyMemory<byte> body, ICollection<ReadOnlyMemory<byte>> events, List<EventError> errors)
    {
        var memory = new ScanMemory();
        var scan = new EventScan(body.Span, memory);
        scan.Reader.Read();
        if (scan.Reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(new EventError("", ErrorCode.InvalidType, $"Expected an object with the member \"events\", found {scan.Kind()}."));
            scan.Reader.Skip();
            scan.Reader.Read();
            return;
        }
        var seen = false;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            if (!scan.Name.SequenceEqual("events"u8))
            {
                scan.Error(ErrorCode.UnknownMember, $"A bulk request has the member \"events\" and no other; found {Utf8Text.Echo(scan.Name)}.");
                scan.Reader.Skip();
            }
            else
            {
                seen = ReadEvents(body, ref scan, events) || seen;
            }
        }
        if (!seen)
            scan.Error(ErrorCode.Required, "A bulk request needs an array of events; found none.", "events");
        scan.Reader.Read();
        errors.AddRange(memory.Errors);
    }

    private static bool ReadEvents(ReadOnlyMemory<byte> body, ref EventScan scan, ICollection<ReadOnlyMemory<byte>> events)
    {
        if (scan.IsNull)
            return false;
        if (scan.Reader.TokenType != JsonTokenType.StartArray)
        {
            scan.Error(ErrorCode.InvalidType, $"Expected an array of events, found {scan.Kind()}.");
            scan.Reader.Skip();
            return true;
        }
        var count = 0;
        while (scan.Reader.Read() && scan.Reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)scan.Reader.TokenStartIndex;
            scan.Reader.Skip();
            if (++count <= Limits.MaxBulkEvents)
                events.Add(body[start..(int)scan.Reader.BytesConsumed]);
        }
        if (count == 0)
            scan.Error(ErrorCode.NoEvents, $"A bulk request has 1 to {Limits.MaxBulkEvents} events; found none.");
        if (count > Limits.MaxBulkEvents)
            scan.Error(ErrorCode.TooManyEvents, $"A bulk request has 1 to {Limits.MaxBulkEvents} events; found {count}.");
        return true;
    }
}
