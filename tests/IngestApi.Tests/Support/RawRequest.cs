using System.Text;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>A request as the bytes that go over the wire: whatever is wrong with it stays wrong.</summary>
public sealed record RawRequest
{
    public string Method { get; init; } = "POST";

    public string Target { get; init; } = $"/stores/{RunningApi.StoreId}/events";

    /// <summary>Header lines without their line ends.</summary>
    public IReadOnlyList<string> Headers { get; init; } =
        ["Host: api", $"Authorization: Bearer {RunningApi.Key}", "Content-Type: application/json"];

    public byte[] Body { get; init; } = [];

    /// <summary>The announced length; null announces the body's own.</summary>
    public long? ContentLength { get; init; }

    /// <summary>Sends the body in chunks of that size; 0 does not.</summary>
    public int ChunkSize { get; init; }

    public static RawRequest Single(string json = Samples.Event) => new() { Body = Encoding.UTF8.GetBytes(json) };

    public static RawRequest Bulk(string json) => new()
    {
        Target = $"/stores/{RunningApi.StoreId}/events/bulk",
        Body = Encoding.UTF8.GetBytes(json),
    };

    public static RawRequest BulkOf(params string[] events) => Bulk($"{{\"events\":[{string.Join(',', events)}]}}");

    public RawRequest To(string target) => this with { Target = target };

    public RawRequest WithBody(byte[] body) => this with { Body = body };

    /// <summary>Adds header lines.</summary>
    public RawRequest With(params string[] headers) => this with { Headers = [.. Headers, .. headers] };

    /// <summary>Leaves a header out.</summary>
    public RawRequest Without(string name) =>
        this with { Headers = [.. Headers.Where(h => !h.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))] };

    /// <summary>Puts a header in the place of the one of its name.</summary>
    public RawRequest Instead(string header) => Without(header[..header.IndexOf(':', StringComparison.Ordinal)]).With(header);

    public RawRequest WithKey(string key) => Instead($"Authorization: Bearer {key}");

    public byte[] Head()
    {
        var head = new StringBuilder().Append(Method).Append(' ').Append(Target).Append(" HTTP/1.1\r\n");
        foreach (var header in Headers)
            head.Append(header).Append("\r\n");
        if (ChunkSize > 0)
            head.Append("Transfer-Encoding: chunked\r\n");
        else
            head.Append("Content-Length: ").Append(ContentLength ?? Body.Length).Append("\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    public byte[] ToBytes()
    {
        if (ChunkSize == 0)
            return [.. Head(), .. Body];
        var bytes = new MemoryStream();
        bytes.Write(Head());
        foreach (var chunk in Body.Chunk(ChunkSize))
        {
            bytes.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            bytes.Write(chunk);
            bytes.Write("\r\n"u8);
        }

        bytes.Write("0\r\n\r\n"u8);
        return bytes.ToArray();
    }
}
