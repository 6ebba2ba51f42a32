using Microsoft.AspNetCore.Http.Features;

namespace CustomEvents.IngestApi.Bodies;

/// <summary>
/// What is done with a body that is still under way when its request is answered. Many clients send all of it before they read the
/// answer, and a connection that is closed under them loses it; so some of it is taken and thrown away, and the connection lives on
/// where that was all.
/// </summary>
internal static class UnreadBody
{
    /// <summary>What is taken of a body whose sender is not known: enough for one event of any size, so that a wrong key is told to its owner.</summary>
    public const int StrangersBytes = 6 * 1024 * 1024;

    /// <summary>What is taken of a known sender's body, so that one somewhat over the limit still gets its 413.</summary>
    public const int KnownBytes = 24 * 1024 * 1024;

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    /// <summary>Called before the answer's head is written: announces the end of the connection where the rest is too much to take.</summary>
    public static void Announce(HttpContext context, int most)
    {
        if (IsHttp1(context) && context.Request.ContentLength > most)
            context.Response.Headers.Connection = "close";
    }

    /// <summary>Called after the answer was written. Bodies of a known and moderate length are left to the server, which drains them for 5 s.</summary>
    public static async Task DrainAsync(HttpContext context, int most)
    {
        var length = context.Request.ContentLength;
        if (!IsHttp1(context) || length <= most || (length is null && !HasBody(context)))
            return;
        var sizeLimit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (sizeLimit is { IsReadOnly: false })
            sizeLimit.MaxRequestBodySize = null;
        await context.Response.CompleteAsync();
        using var patience = new CancellationTokenSource(DrainLimit);
        try
        {
            var reader = context.Request.BodyReader;
            long taken = 0;
            while (taken <= most)
            {
                var result = await reader.ReadAsync(patience.Token);
                taken += result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
        }

        context.Abort();
    }

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static bool IsHttp1(HttpContext context) => HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol);
}
