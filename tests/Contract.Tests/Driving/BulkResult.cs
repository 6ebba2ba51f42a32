using System.Text.Json;

namespace CustomEvents.Tests.Contract.Driving;

/// <summary>What became of one event of a bulk request.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Errors">Why it was rejected, as <c>pointer code</c> with the pointer into the event; empty where it was accepted.</param>
public sealed record BulkResult(Guid? EventId, IReadOnlyList<string> Errors)
{
    /// <summary>Whether it was accepted.</summary>
    public bool IsAccepted => Errors.Count == 0;

    /// <summary>Reads one of <c>results</c>.</summary>
    public static BulkResult Read(JsonElement result)
    {
        var request = $"/events/{result.GetProperty("index").GetInt32()}";
        return new BulkResult(
            result.TryGetProperty("eventId", out var eventId) ? eventId.GetGuid() : null,
            result.TryGetProperty("errors", out var errors) ? [.. Answer.Texts(errors).Select(error => IntoEvent(error, request))] : []);
    }

    private static string IntoEvent(string error, string request) => error.StartsWith(request, StringComparison.Ordinal)
        ? error[request.Length..].TrimStart()
        : throw new AssertionException($"A pointer into the request begins with {request}: {error}");
}
