using CustomEvents.IngestApi.Bodies;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi;

/// <summary>The web server's limits for the open internet: what a stranger can make it hold and for how long.</summary>
internal sealed class ServerLimits(IOptions<IngestOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        var limits = server.Limits;
        limits.MaxConcurrentConnections = options.Value.MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        // How far a connection's body is read ahead of whoever takes it: memory that a connection can hold without a key.
        limits.MaxRequestBufferSize = 128 * 1024;
        // The contract's own times for a body hold in its place: the server's rule would end the connection without an answer.
        limits.MinRequestBodyDataRate = null;
        // Above both limits of the contract, which are answered here; it bounds what is drained behind an answer.
        limits.MaxRequestBodySize = UnreadBody.KnownBytes;
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.MaxRequestHeaderFieldSize = limits.MaxRequestHeadersTotalSize;
        // The same for HTTP/2, whose windows are its read-ahead: a megabyte a connection by default.
        limits.Http2.InitialStreamWindowSize = 256 * 1024;
        limits.Http2.InitialConnectionWindowSize = 512 * 1024;
        // A client that is gone without a word holds its connection and its streams for a minute at most.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
