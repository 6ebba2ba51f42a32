using System.Diagnostics;
using System.Globalization;
using CustomEvents.Events;
using CustomEvents.IngestApi.Answers;
using CustomEvents.IngestApi.Authentication;
using CustomEvents.IngestApi.Bodies;
using CustomEvents.IngestApi.RateLimiting;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi.Requests;

/// <summary>Answers the requests of contract section 1, with the checks in the order of section 2: this file is that order.</summary>
internal sealed partial class IngestHandler(
    KeyAuthenticator keys,
    FailedAuthentications failures,
    IRateLimiter rateLimiter,
    BodyReader bodies,
    BytesInFlight bytesInFlight,
    EventIntake intake,
    LogPressure pressure,
    IngestMetrics metrics,
    IOptions<RateLimitOptions> rateLimit,
    ILogger<IngestHandler> logger)
{
    private const int MaxRequestIdLength = 128;
    private const int MaxIdempotencyKeyLength = 255;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(50);

    private static readonly EventError[] BadIdempotencyKey =
        [new("", ErrorCode.InvalidFormat, "Idempotency-Key has to be one header of 1 to 255 visible ASCII characters.")];

    private static readonly EventError[] BrokenCoding =
        [new("", ErrorCode.InvalidEncoding, "The body is not what its Content-Encoding says.")];

    private readonly string _ratePolicy = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={rateLimit.Value.RequestsPerSecond};w=1");

    /// <summary>Answers a request, or passes it on where its path is not one of the two endpoints.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            AddCommonHeaders(context);
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (IngestRoute.TryMatch(target, out var endpoint, out var storeId))
            {
                await HandleAsync(context, endpoint, storeId);
                return;
            }

            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await RefuseAsync(context, Refusal.NoSuchPath, UnreadBody.StrangersBytes);
        }
        catch (Exception gone) when (gone is ConnectionResetException or ConnectionAbortedException
            || (context.RequestAborted.IsCancellationRequested && gone is IOException or OperationCanceledException))
        {
            // The client went away. Nobody hears an answer, and nothing is wrong here.
            await EndAsync(context);
        }
        catch (BadHttpRequestException broken)
        {
            await RefuseNoHttpAsync(context, broken.StatusCode);
            await EndAsync(context);
        }
        catch (Exception fault)
        {
            LogFault(fault);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            AddCommonHeaders(context);
            await RefuseAsync(context, Refusal.Fault, UnreadBody.StrangersBytes);
        }
    }

    /// <summary>
    /// Answers what is not HTTP as the server itself would; it would also log it as a fault of ours, which whoever likes could fill the
    /// logs with.
    /// </summary>
    private static async Task RefuseNoHttpAsync(HttpContext context, int status)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        context.Response.Headers.Connection = "close";
        await context.Response.CompleteAsync();
        // Ending the connection drops what has not left yet.
        await Task.Delay(Farewell);
    }

    /// <summary>
    /// Ends the connection and waits until the server knows: otherwise it tries to read the rest of the body, which cannot be read, and
    /// logs an error.
    /// </summary>
    private static async Task EndAsync(HttpContext context)
    {
        context.Abort();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), ended))
            await Task.WhenAny(ended.Task, Task.Delay(EndLimit));
    }

    private static void AddCommonHeaders(HttpContext context)
    {
        var requestId = context.Request.Headers["X-Request-Id"];
        if (requestId.Count == 1 && VisibleAscii.IsValid(requestId[0], MaxRequestIdLength))
            context.TraceIdentifier = requestId[0]!;
        var headers = context.Response.Headers;
        headers["X-Request-Id"] = context.TraceIdentifier;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }

    private Task HandleAsync(HttpContext context, IngestEndpoint endpoint, ReadOnlySpan<char> storeId)
    {
        if (context.Request.Method != HttpMethods.Post)
            return RefuseAsync(context, Refusal.MethodNotAllowed, UnreadBody.StrangersBytes);

        var address = context.Connection.RemoteIpAddress;
        if (failures.RefusedFor(address) is > 0 and var seconds)
            return RefuseAsync(context, Refusal.TooManyFailures, UnreadBody.StrangersBytes, seconds);
        if (!BearerToken.TryRead(context.Request.Headers.Authorization, out var token))
        {
            failures.Add(address);
            return RefuseAsync(context, Refusal.NoToken, UnreadBody.StrangersBytes);
        }

        var check = keys.CheckAsync(token);
        if (!check.IsCompletedSuccessfully)
            return AuthenticateAsync(context, endpoint, storeId.ToString(), check);
        var verdict = check.GetAwaiter().GetResult();
        var isOwn = verdict.Key is { } key && storeId.SequenceEqual(key.StoreId);
        return AuthorizeAsync(context, endpoint, verdict, isOwn);
    }

    private async Task AuthenticateAsync(HttpContext context, IngestEndpoint endpoint, string storeId, ValueTask<KeyVerdict> check)
    {
        var verdict = await check;
        await AuthorizeAsync(context, endpoint, verdict, verdict.Key?.StoreId == storeId);
    }

    private async Task AuthorizeAsync(HttpContext context, IngestEndpoint endpoint, KeyVerdict verdict, bool isOwnStore)
    {
        switch (verdict.Standing)
        {
            case KeyStanding.Refused:
                failures.Add(context.Connection.RemoteIpAddress);
                await RefuseAsync(context, Refusal.RefusedToken, UnreadBody.StrangersBytes);
                return;
            case KeyStanding.Unknown:
                await RefuseAsync(context, Refusal.KeysAway, UnreadBody.StrangersBytes);
                return;
            case KeyStanding.Live:
                break;
        }

        var key = verdict.Key!;
        if (!HasScope(key))
        {
            await RefuseAsync(context, Refusal.MissingScope, UnreadBody.KnownBytes);
            return;
        }

        bool exists;
        try
        {
            exists = isOwnStore && await keys.StoreExistsAsync(key);
        }
        catch (InfrastructureException)
        {
            await RefuseAsync(context, Refusal.KeysAway, UnreadBody.KnownBytes);
            return;
        }

        if (!exists)
        {
            await RefuseAsync(context, Refusal.UnknownStore, UnreadBody.KnownBytes);
            return;
        }

        var rate = await rateLimiter.TakeAsync(key.StoreId, endpoint);
        AddRateHeaders(context.Response.Headers, rate);
        if (!rate.Allowed)
        {
            metrics.RateLimited(key.StoreId);
            await RefuseAsync(context, Refusal.RateLimited, UnreadBody.KnownBytes, rate.RetryAfterSeconds);
            return;
        }

        await ReceiveAsync(context, endpoint, key.StoreId);
    }

    private static bool HasScope(ApiKey key)
    {
        foreach (var scope in key.Scopes)
        {
            if (scope == ApiKey.WriteEvents)
                return true;
        }

        return false;
    }

    private void AddRateHeaders(IHeaderDictionary headers, RateDecision rate)
    {
        headers["RateLimit-Policy"] = _ratePolicy;
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={rate.Left};t={rate.SecondsUntilFull}");
    }

    private async Task ReceiveAsync(HttpContext context, IngestEndpoint endpoint, string storeId)
    {
        var headers = context.Request.Headers;
        if (!MediaType.IsJson(headers.ContentType))
        {
            await RefuseAsync(context, Refusal.MediaType, UnreadBody.KnownBytes);
            return;
        }

        if (!ContentCodings.TryRead(headers.ContentEncoding, out var coding))
        {
            await RefuseAsync(context, Refusal.ContentCoding, UnreadBody.KnownBytes);
            return;
        }

        string? idempotencyKey = null;
        if (headers.TryGetValue("Idempotency-Key", out var given))
        {
            idempotencyKey = given.Count == 1 ? given[0] : null;
            if (!VisibleAscii.IsValid(idempotencyKey, MaxIdempotencyKeyLength))
            {
                await RefuseInvalidAsync(context, BadIdempotencyKey);
                return;
            }
        }

        var limit = endpoint == IngestEndpoint.Single ? Limits.MaxEventBytes : Limits.MaxBulkBytes;
        using var body = new PooledBody(bytesInFlight);
        var outcome = await ReadBodyAsync(context, coding, limit, body);
        if (outcome != BodyOutcome.Complete)
        {
            await RefuseBodyAsync(context, outcome);
            return;
        }

        await AppendAsync(context, endpoint, storeId, idempotencyKey, body.Memory);
    }

    private async ValueTask<BodyOutcome> ReadBodyAsync(HttpContext context, ContentCoding coding, int limit, PooledBody body)
    {
        var reader = context.Request.BodyReader;
        if (coding == ContentCoding.Identity)
            return await bodies.ReadAsync(reader, context.Request.ContentLength, limit, body);
        using var packed = new PooledBody(bytesInFlight);
        var outcome = await bodies.ReadAsync(reader, context.Request.ContentLength, limit, packed);
        return outcome == BodyOutcome.Complete ? Decompression.Unpack(coding, packed.Memory, limit, body) : outcome;
    }

    private Task RefuseBodyAsync(HttpContext context, BodyOutcome outcome)
    {
        if (outcome == BodyOutcome.BrokenCoding)
            return RefuseInvalidAsync(context, BrokenCoding);
        if (outcome == BodyOutcome.TooSlow && !HttpProtocol.IsHttp2(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return RefuseAsync(
            context,
            outcome switch
            {
                BodyOutcome.TooLarge => Refusal.TooLarge,
                BodyOutcome.TooSlow => Refusal.TooSlow,
                BodyOutcome.NoMemory => Refusal.NoMemory,
                BodyOutcome.Complete or BodyOutcome.BrokenCoding => throw new UnreachableException(),
            },
            UnreadBody.KnownBytes);
    }

    private async Task AppendAsync(
        HttpContext context, IngestEndpoint endpoint, string storeId, string? idempotencyKey, ReadOnlyMemory<byte> body)
    {
        using var received = endpoint == IngestEndpoint.Single
            ? intake.ReadSingle(storeId, idempotencyKey, body)
            : intake.ReadBulk(storeId, idempotencyKey, body);
        if (received.Errors.Count > 0)
        {
            metrics.Rejected(received.Errors[0].Code);
            await RefuseInvalidAsync(context, received.Errors);
            return;
        }

        if (!pressure.TryEnter())
        {
            await RefuseAsync(context, Refusal.LogAway, UnreadBody.KnownBytes);
            return;
        }

        var isAnswered = false;
        try
        {
            // Without the request's own token: what the client gave up on may still be stored, and its bytes must live until that is settled.
            await intake.AppendAsync(received);
            isAnswered = true;
        }
        catch (LogWriteException refused) when (refused.Kind == LogWriteFailure.RecordRefused)
        {
            isAnswered = true;
            LogRefused(refused);
            await RefuseAsync(context, Refusal.LogRefused, UnreadBody.KnownBytes);
            return;
        }
        catch (Exception away) when (away is LogWriteException or InfrastructureException)
        {
            LogAway(away.Message);
            await RefuseAsync(context, Refusal.LogAway, UnreadBody.KnownBytes);
            return;
        }
        finally
        {
            pressure.Leave(isAnswered);
        }

        metrics.Accepted(endpoint, received.Accepted);
        foreach (var result in received.Results)
        {
            if (result.Errors is not null)
                metrics.Rejected(result.Errors[0].Code);
        }

        await AcceptAsync(context, endpoint, received);
    }

    private static Task AcceptAsync(HttpContext context, IngestEndpoint endpoint, ReceivedEvents received)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        if (received.Rejected > 0)
            response.Headers["Events-Rejected"] = received.Rejected.ToString(CultureInfo.InvariantCulture);
        if (!context.Request.Headers.TryGetValue("Prefer", out var prefer) || !Preference.WantsRepresentation(prefer))
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        response.Headers["Preference-Applied"] = Preference.ReturnRepresentation;
        return endpoint == IngestEndpoint.Single
            ? AnswerWriter.AcceptSingleAsync(response, received.Results[0].EventId)
            : AnswerWriter.AcceptBulkAsync(response, received.Results, received.Rejected);
    }

    private Task RefuseInvalidAsync(HttpContext context, IReadOnlyList<EventError> errors)
    {
        metrics.Refused(Refusal.Invalid);
        return AnswerWriter.RefuseAsync(context, Refusal.Invalid, errors, UnreadBody.KnownBytes);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, int mostUnread, int? retryAfterSeconds = null)
    {
        metrics.Refused(refusal);
        return AnswerWriter.RefuseAsync(context, refusal, errors: null, mostUnread, retryAfterSeconds);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log refuses a record that the contract allows: check the size that its topics and broker accept (max.message.bytes, 8 MiB).")]
    private partial void LogRefused(Exception refused);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log did not take a request's events: {Reason}")]
    private partial void LogAway(string reason);
}
