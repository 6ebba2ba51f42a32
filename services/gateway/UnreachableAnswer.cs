using System.Text.Json.Nodes;

namespace CustomEvents.Gateway;

/// <summary>
/// What a client gets where no instance answered: 503, as from the API when the log cannot take an event (contract section 2), so that a client
/// needs to know no status of a proxy.
/// </summary>
internal sealed class UnreachableAnswer(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.GetForwarderErrorFeature() is null || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        context.Response.Headers["X-Request-Id"] = context.Request.Headers["X-Request-Id"] is [{ Length: > 0 and <= 128 } given] && !given.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? given
            : context.TraceIdentifier;
        await context.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["type"] = "about:blank",
                ["title"] = "Service Unavailable",
                ["status"] = StatusCodes.Status503ServiceUnavailable,
                ["detail"] = "No instance of the API answered. Nothing of this request is known to be stored: send it again.",
                ["instance"] = context.Request.Path.Value,
            },
            options: null,
            contentType: "application/problem+json");
    }
}
