namespace CustomEvents.Events;

/// <summary>One thing that is wrong with an event or a request.</summary>
/// <param name="Pointer">Where: a JSON Pointer (RFC 6901) into the event, or into the request for the API.</param>
/// <param name="Code">What, for programs.</param>
/// <param name="Detail">What was expected and what was found, for people; echoes at most 64 characters of the input.</param>
public readonly record struct EventError(string Pointer, ErrorCode Code, string Detail);
