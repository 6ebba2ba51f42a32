using System.Text.Json;

namespace CustomEvents.Tests.Operator.Importing;

/// <summary>A request that came.</summary>
internal sealed record FakeRequest(int Number, string Path, string? Authorization, string Key, byte[] Body)
{
    /// <summary>Its events' own bytes.</summary>
    public List<string> Events
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return [.. document.RootElement.GetProperty("events").EnumerateArray().Select(static one => one.GetRawText())];
        }
    }
}
