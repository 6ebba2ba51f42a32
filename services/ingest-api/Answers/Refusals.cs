namespace CustomEvents.IngestApi.Answers;

/// <summary>What each refusal says. The maps have no default: a new refusal does not compile until each knows it.</summary>
internal static class Refusals
{
    /// <summary>The status.</summary>
    public static int Status(this Refusal refusal) => refusal switch
    {
        Refusal.NoSuchPath => 404,
        Refusal.MethodNotAllowed => 405,
        Refusal.TooManyFailures => 429,
        Refusal.NoToken => 401,
        Refusal.RefusedToken => 401,
        Refusal.KeysAway => 503,
        Refusal.MissingScope => 403,
        Refusal.UnknownStore => 404,
        Refusal.RateLimited => 429,
        Refusal.MediaType => 415,
        Refusal.ContentCoding => 415,
        Refusal.TooLarge => 413,
        Refusal.NoMemory => 503,
        Refusal.TooSlow => 408,
        Refusal.Invalid => 400,
        Refusal.LogAway => 503,
        Refusal.LogRefused => 500,
        Refusal.Fault => 500,
    };

    /// <summary>The sentence for people.</summary>
    public static string Detail(this Refusal refusal) => refusal switch
    {
        Refusal.NoSuchPath => "There is no such path. Events are sent to /stores/{storeId}/events or /stores/{storeId}/events/bulk.",
        Refusal.MethodNotAllowed => "Events are sent with POST.",
        Refusal.TooManyFailures => "Too many requests with wrong keys came from this address. Try again after the time in Retry-After.",
        Refusal.NoToken => "The request has no key, or not where it is looked for. Send one header Authorization: Bearer <key>.",
        Refusal.RefusedToken => "There is no such key, or it has expired or was revoked.",
        Refusal.KeysAway => "The key cannot be checked at the moment. Try again after the time in Retry-After.",
        Refusal.MissingScope => "The key lacks the scope customer_events_write.",
        Refusal.UnknownStore => "The store does not exist, or the key belongs to another one.",
        Refusal.RateLimited => "The store sent more requests to this endpoint than its limit allows. Try again after the time in Retry-After.",
        Refusal.MediaType => "The body has to be application/json, with no parameter but charset=utf-8.",
        Refusal.ContentCoding => "The body may have one content coding: gzip, br, zstd or deflate.",
        Refusal.TooLarge => "The body is larger than its limit, which counts after decompression too: 5 MB for a single event, 20 MB in bulk.",
        Refusal.NoMemory => "Too many large bodies are being received at the moment. Try again after the time in Retry-After.",
        Refusal.TooSlow => "The body did not arrive in time: some of it is expected every 10 seconds, the whole within 60.",
        Refusal.Invalid => "The request is invalid. Each error says where and why.",
        Refusal.LogAway => "Events cannot be stored at the moment; nothing of this request is known to be. Try again after the time in Retry-After.",
        Refusal.LogRefused => "The events are valid and could not be stored because of a fault on this side; nothing of this request is known to be.",
        Refusal.Fault => "The request failed because of a fault on this side; nothing of it is known to be stored.",
    };

    /// <summary>The title: the status's own phrase, since the type is <c>about:blank</c> (RFC 9457, 4.2.1).</summary>
    public static string Title(int status) => status switch
    {
        413 => "Content Too Large",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    /// <summary>Whole seconds after which it is worth to try again; null where that does not help, or is known better elsewhere.</summary>
    public static int? RetryAfterSeconds(this Refusal refusal) => refusal switch
    {
        Refusal.KeysAway => 2,
        Refusal.NoMemory => 1,
        Refusal.LogAway => 2,
        Refusal.NoSuchPath or Refusal.MethodNotAllowed or Refusal.TooManyFailures or Refusal.NoToken or Refusal.RefusedToken
            or Refusal.MissingScope or Refusal.UnknownStore or Refusal.RateLimited or Refusal.MediaType or Refusal.ContentCoding
            or Refusal.TooLarge or Refusal.TooSlow or Refusal.Invalid or Refusal.LogRefused or Refusal.Fault => null,
    };
}
