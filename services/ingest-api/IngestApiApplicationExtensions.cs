using CustomEvents.IngestApi.Documentation;
using CustomEvents.IngestApi.Requests;

namespace CustomEvents.IngestApi;

/// <summary>Puts the HTTP API into a service's pipeline of requests.</summary>
public static class IngestApiApplicationExtensions
{
    /// <summary>
    /// Answers the two endpoints of contract section 1, and tells of them at <c>/openapi.json</c> and <c>/docs</c>. It comes before whatever else the service maps (health, metrics): those keep their
    /// paths, and any path that nobody answers gets the API's 404.
    /// </summary>
    public static WebApplication MapIngestApi(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<IngestHandler>();
        app.Use(next => context => handler.InvokeAsync(context, next));
        // Behind it: what it answers itself is looked up in no table of routes.
        app.UseRouting();
        app.MapApiDocumentation();
        return app;
    }
}
