using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.IngestApi.Bodies;
using CustomEvents.IngestApi.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace CustomEvents.IngestApi.Answers;

/// <summary>Writes the bodies of answers: problem details (RFC 9457) and what <c>Prefer: return=representation</c> asks for.</summary>
internal static class AnswerWriter
{
    // The answers are JSON for programs, marked nosniff: they need no escaping for HTML, and people can read them better without.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers a refusal with problem details, then sees to the rest of the body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="errors">What is wrong; with <see cref="Refusal.Invalid"/>.</param>
    /// <param name="mostUnread">How much is taken of a body that was not read.</param>
    /// <param name="retryAfterSeconds">For <c>Retry-After</c>, where the refusal itself does not say.</param>
    public static async Task RefuseAsync(
        HttpContext context, Refusal refusal, IReadOnlyList<EventError>? errors, int mostUnread, int? retryAfterSeconds = null)
    {
        var response = context.Response;
        response.StatusCode = refusal.Status();
        if ((retryAfterSeconds ?? refusal.RetryAfterSeconds()) is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (refusal.Status() == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (refusal == Refusal.MethodNotAllowed)
            response.Headers.Allow = "POST";
        if (refusal == Refusal.ContentCoding)
            response.Headers.AcceptEncoding = ContentCodings.Accepted;
        UnreadBody.Announce(context, mostUnread);

        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank"u8);
            json.WriteString("title"u8, Refusals.Title(refusal.Status()));
            json.WriteNumber("status"u8, refusal.Status());
            json.WriteString("detail"u8, refusal.Detail());
            json.WriteString("instance"u8, WellFormed(InstanceOf(context)));
            if (errors is not null)
                WriteErrors(json, errors);
            json.WriteEndObject();
        }

        await SendAsync(response, "application/problem+json", output);
        await UnreadBody.DrainAsync(context, mostUnread);
    }

    /// <summary>Answers 202 with the id of the one event.</summary>
    public static Task AcceptSingleAsync(HttpResponse response, Guid eventId)
    {
        var output = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("eventId"u8, eventId);
            json.WriteEndObject();
        }

        return SendAsync(response, "application/json", output);
    }

    /// <summary>Answers 202 with what became of each event.</summary>
    public static Task AcceptBulkAsync(HttpResponse response, IReadOnlyList<BulkResult> results, int rejected)
    {
        var output = new ArrayBufferWriter<byte>(128 + (80 * results.Count));
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("accepted"u8, results.Count - rejected);
            json.WriteNumber("rejected"u8, rejected);
            json.WriteStartArray("results"u8);
            for (var i = 0; i < results.Count; i++)
            {
                var result = results[i];
                json.WriteStartObject();
                json.WriteNumber("index"u8, i);
                json.WriteString("status"u8, result.Errors is null ? "accepted"u8 : "rejected"u8);
                json.WriteString("eventId"u8, result.EventId);
                if (result.Errors is not null)
                    WriteErrors(json, result.Errors);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return SendAsync(response, "application/json", output);
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<EventError> errors)
    {
        json.WriteStartArray("errors"u8);
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteString("pointer"u8, WellFormed(error.Pointer));
            json.WriteString("code"u8, error.Code.ToText());
            json.WriteString("detail"u8, WellFormed(error.Detail));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task SendAsync(HttpResponse response, string mediaType, ArrayBufferWriter<byte> body)
    {
        response.ContentType = mediaType;
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory);
    }

    private static string InstanceOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "/";
        return IngestRoute.PathOf(target).ToString();
    }

    /// <summary>An echo of the input may hold half of a surrogate pair, which the writer refuses.</summary>
    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
