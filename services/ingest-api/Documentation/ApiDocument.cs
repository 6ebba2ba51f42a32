namespace CustomEvents.IngestApi.Documentation;

/// <summary>The OpenAPI document of the API, <c>docs/openapi.json</c>, as it was when the program was built.</summary>
internal static class ApiDocument
{
    /// <summary>The document's UTF-8.</summary>
    public static byte[] Read()
    {
        using var resource = typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")
            ?? throw new InvalidOperationException("The program was built without its OpenAPI document.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
