namespace CustomEvents.Hosting.Health;

/// <summary>The body of <c>/healthz/live</c>.</summary>
internal sealed record LiveAnswer(string Status);
