namespace CustomEvents.Tests.Operator.Importing;

/// <summary>An answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">Seconds.</param>
internal sealed record FakeAnswer(int Status, string Body = "", int? RetryAfter = null)
{
    /// <summary>The connection breaks instead of an answer.</summary>
    public bool IsLost { get; init; }

    /// <summary>Whether the request had its effect before that.</summary>
    public bool IsStored { get; init; }
}
