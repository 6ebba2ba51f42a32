using System.Globalization;
using System.Net;
using System.Text.Json;
using CustomEvents.Operator.Output;
using CustomEvents.Pipeline;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// Sends batches through the bulk endpoint (contract sections 1 and 2). A request is repeated until the API has judged it, with the same
/// <c>Idempotency-Key</c>: whatever a lost answer leaves open, its events are stored once.
/// </summary>
/// <param name="http">The client; it knows the key.</param>
/// <param name="endpoint">The bulk endpoint.</param>
/// <param name="keyPrefix">What the keys of this import begin with; it follows from the file.</param>
/// <param name="gate">Where requests wait.</param>
internal sealed class BulkClient(HttpClient http, Uri endpoint, string keyPrefix, SendGate gate)
{
    private const string EventPointer = "/events/";

    private static readonly TimeSpan NoPause = TimeSpan.Zero;

    /// <summary>Sends one, as long as it takes.</summary>
    public async Task<BatchOutcome> SendAsync(BulkBatch batch, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedLine>(batch.Refused);
        var accepted = 0;
        var parts = new Stack<IReadOnlyList<BulkItem>>();
        if (batch.Items.Count > 0)
            parts.Push(batch.Items);
        while (parts.TryPop(out var part))
        {
            // Parts of a batch have no line in common, so the number of the first tells them apart.
            var key = part.Count == batch.Items.Count ? $"{keyPrefix}-{batch.Index}" : $"{keyPrefix}-{batch.Index}.{part[0].Number}";
            var (status, body, stop) = await AskAsync(part, key, cancellationToken);
            switch (status)
            {
                case HttpStatusCode.Accepted:
                    accepted += part.Count - TakeResults(part, body, refused);
                    break;
                case HttpStatusCode.BadRequest:
                    TakeErrors(part, body, refused, parts);
                    break;
                case HttpStatusCode.RequestEntityTooLarge:
                    Split(part, """[{"pointer":"","code":"too_large","detail":"The API answered 413: it takes no event of this size."}]""", refused, parts);
                    break;
                default:
                    return new BatchOutcome(batch, accepted, refused, stop);
            }
        }

        return new BatchOutcome(batch, accepted, refused, null);
    }

    /// <summary>What a status means that ends the import; null where it is worth to try again.</summary>
    private static string? WhyStop(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "the key is unknown, expired or revoked",
        HttpStatusCode.Forbidden => "the key lacks the scope customer_events_write",
        HttpStatusCode.NotFound => "there is no such store, or the key is another store's, or --url is not the API's address",
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => null,
        >= HttpStatusCode.InternalServerError => null,
        _ => "the API is not expected to answer so",
    };

    private async Task<(HttpStatusCode Status, string Body, string? Stop)> AskAsync(IReadOnlyList<BulkItem> items, string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            await gate.PassAsync(cancellationToken);
            string trouble;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new BulkContent(items) };
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                request.Headers.TryAddWithoutValidation("Prefer", "return=representation");
                using var answer = await http.SendAsync(request, cancellationToken);
                var body = await answer.Content.ReadAsStringAsync(cancellationToken);
                var status = answer.StatusCode;
                if (status is HttpStatusCode.Accepted or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
                {
                    gate.Answered();
                    return (status, body, null);
                }

                if (WhyStop(status) is { } why)
                    return (status, body, $"{endpoint} answered {(int)status}: {why}.{Detail(body)}");
                var asked = answer.Headers.RetryAfter?.Delta ?? NoPause;
                trouble = $"it answered {(int)status}{Detail(body)}";
                if (status == HttpStatusCode.TooManyRequests)
                    gate.Hold(asked > NoPause ? asked : TimeSpan.FromSeconds(1), "429");
                else
                    gate.Failed(asked, $"{(int)status}");
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                trouble = lost is OperationCanceledException ? "it did not answer in time" : lost.Message;
                gate.Failed(NoPause, "no answer");
            }

            if (gate.IsOutOfPatience)
                return (default, "", $"{endpoint} took nothing for too long; at last {trouble}.");
        }
    }

    /// <summary>How many of a request's events were refused while others were accepted.</summary>
    private static int TakeResults(IReadOnlyList<BulkItem> items, string body, List<RefusedLine> refused)
    {
        var count = 0;
        foreach (var result in Results(body))
        {
            if (!result.TryGetProperty("errors", out var errors))
                continue;
            count++;
            var index = result.GetProperty("index").GetInt32();
            Refuse(items[index], ErrorsJson.Of(errors.EnumerateArray(), PointerOf(index)), refused);
        }

        return count;
    }

    private static JsonElement.ArrayEnumerator Results(string body)
    {
        try
        {
            return JsonElement.Parse(body).GetProperty("results").EnumerateArray();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InfrastructureException("The API accepted a request and did not say what became of each event: something between it and here changes its answers.", unreadable);
        }
    }

    /// <summary>A request of which nothing is valid: its errors say why. At most 100 are told, so that some events may have none yet, which are asked for again.</summary>
    private static void TakeErrors(IReadOnlyList<BulkItem> items, string body, List<RefusedLine> refused, Stack<IReadOnlyList<BulkItem>> parts)
    {
        var errors = Errors(body);
        var byEvent = errors.Where(error => EventOf(error) < items.Count).GroupBy(static error => EventOf(error)!.Value).ToDictionary(static group => group.Key);
        if (byEvent.Count == 0)
        {
            Split(items, errors.Count > 0 ? ErrorsJson.Of(errors) : """[{"pointer":"","code":"invalid_json","detail":"The API answered 400 without saying why."}]""", refused, parts);
            return;
        }

        var rest = new List<BulkItem>();
        for (var i = 0; i < items.Count; i++)
        {
            if (byEvent.TryGetValue(i, out var own))
                Refuse(items[i], ErrorsJson.Of(own, PointerOf(i)), refused);
            else
                rest.Add(items[i]);
        }

        if (rest.Count > 0)
            parts.Push(rest);
    }

    /// <summary>A request that was refused for none of its events in particular: halved until the one is found.</summary>
    private static void Split(IReadOnlyList<BulkItem> items, string errors, List<RefusedLine> refused, Stack<IReadOnlyList<BulkItem>> parts)
    {
        if (items.Count == 1)
        {
            Refuse(items[0], errors, refused);
            return;
        }

        var half = items.Count / 2;
        parts.Push([.. items.Skip(half)]);
        parts.Push([.. items.Take(half)]);
    }

    private static void Refuse(BulkItem item, string errors, List<RefusedLine> refused) => refused.Add(new RefusedLine(item.Number, item.Offset, item.Length, errors));

    private static List<JsonElement> Errors(string body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            return problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
                ? [.. errors.EnumerateArray().Where(static error => error.ValueKind == JsonValueKind.Object)]
                : [];
        }
        catch (JsonException)
        {
            // Not the API's own answer, but that of something before it.
            return [];
        }
    }

    /// <summary>The event that an error's pointer into the request points into.</summary>
    private static int? EventOf(JsonElement error)
    {
        if (!error.TryGetProperty("pointer", out var member) || member.GetString() is not { } pointer || !pointer.StartsWith(EventPointer, StringComparison.Ordinal))
            return null;
        var end = pointer.IndexOf('/', EventPointer.Length);
        return int.TryParse(pointer[EventPointer.Length..(end < 0 ? pointer.Length : end)], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    private static string PointerOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{EventPointer}{index}");

    private static string Detail(string body)
    {
        try
        {
            return JsonElement.Parse(body).TryGetProperty("detail", out var detail) ? " " + TerminalText.Of(detail.GetString() ?? "", keepLines: false) : "";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
