using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CustomEvents.IngestApi.Documentation;

/// <summary>Serves the OpenAPI document, and a page made of it for people.</summary>
internal static class ApiDocumentationEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Answers <c>/openapi.json</c> and <c>/docs</c>. The page is whole in itself: no script, no other file, no other host, and the browser is
    /// told to allow none.
    /// </summary>
    public static void MapApiDocumentation(this IEndpointRouteBuilder app)
    {
        var document = ApiDocument.Read();
        var page = new Lazy<byte[]>(() =>
        {
            using var json = JsonDocument.Parse(document);
            return Encoding.UTF8.GetBytes(DocumentPage.Render(json.RootElement));
        });
        var policy = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(DocumentPage.Style)))}'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        app.MapMethods("/openapi.json", Methods, context =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return SendAsync(context, "application/json", document);
        });
        app.MapMethods("/docs", Methods, context =>
        {
            context.Response.Headers.ContentSecurityPolicy = policy;
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            return SendAsync(context, "text/html; charset=utf-8", page.Value);
        });
    }

    private static async Task SendAsync(HttpContext context, string type, byte[] body)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body);
    }
}
