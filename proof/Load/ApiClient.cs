using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CustomEvents.Proof.Ledger;

namespace CustomEvents.Proof.Load;

/// <summary>Sends to one store over HTTP, through any of the API's instances, and writes the answers into the ledger.</summary>
internal sealed class ApiClient(SendLedger ledger, string store, string key, Func<Uri?> address)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(15) };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends one request once.</summary>
    /// <returns>Whether it was answered for good; false where what became of it is unknown.</returns>
    public async Task<bool> SendAsync(IReadOnlyList<Send> sends, Channel channel, string? idempotencyKey, bool representation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = Body(sends, channel) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (representation)
            request.Headers.Add("Prefer", "return=representation");
        if (address() is not { } api)
            return false;
        request.RequestUri = new Uri(api, $"/stores/{store}/events{(channel == Channel.Bulk ? "/bulk" : "")}");
        try
        {
            using var answer = await Http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            return Note(sends, channel, answer, body, representation);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>Sends one request under an <c>Idempotency-Key</c> until it is answered for good.</summary>
    public async Task<bool> SendUntilAnsweredAsync(IReadOnlyList<Send> sends, Channel channel, bool representation, TimeSpan limit)
    {
        var idempotencyKey = Guid.NewGuid().ToString("N");
        using var deadline = new CancellationTokenSource(limit);
        while (!await SendAsync(sends, channel, idempotencyKey, representation))
        {
            if (deadline.IsCancellationRequested)
                return false;
            await Task.Delay(Pause, CancellationToken.None);
        }

        return true;
    }

    private static ByteArrayContent Body(IReadOnlyList<Send> sends, Channel channel)
    {
        var body = new MemoryStream();
        if (channel == Channel.Bulk)
            body.Write("{\"events\":["u8);
        for (var i = 0; i < sends.Count; i++)
        {
            if (i > 0)
                body.Write(","u8);
            body.Write(sends[i].Bytes);
        }

        if (channel == Channel.Bulk)
            body.Write("]}"u8);
        return new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private bool Note(IReadOnlyList<Send> sends, Channel channel, HttpResponseMessage answer, string body, bool representation)
    {
        if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError)
            return false;
        var valid = sends.Count(static send => send.Fault is null);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            if (answer.StatusCode != HttpStatusCode.BadRequest || valid > 0)
                ledger.Complain($"{(int)answer.StatusCode} for a request with {valid} valid events: {body}");
            foreach (var send in sends)
                send.Outcome = Outcome.Refused;
            return true;
        }

        if (valid == 0)
            ledger.Complain($"202 for a request without a valid event, {sends[0].Number}.");
        var rejected = answer.Headers.TryGetValues("Events-Rejected", out var given) ? given.Single() : "0";
        if (channel == Channel.Bulk && rejected != $"{sends.Count - valid}")
            ledger.Complain($"Events-Rejected: {rejected} for {sends.Count - valid} invalid events.");
        foreach (var send in sends)
            send.Outcome = Outcome.Accepted;
        if (representation)
            NoteIds(sends, channel, JsonElement.Parse(body));
        return true;
    }

    private void NoteIds(IReadOnlyList<Send> sends, Channel channel, JsonElement body)
    {
        if (channel == Channel.Single)
        {
            sends[0].EventId = body.GetProperty("eventId").GetGuid();
            return;
        }

        foreach (var (send, result) in sends.Zip(body.GetProperty("results").EnumerateArray()))
        {
            if ((result.GetProperty("status").GetString() == "accepted") != send.Fault is null)
                ledger.Complain($"{result} for event {send.Number}, whose fault is {send.Fault ?? "none"}.");
            if (result.TryGetProperty("eventId", out var id))
                send.EventId = id.GetGuid();
        }
    }
}
