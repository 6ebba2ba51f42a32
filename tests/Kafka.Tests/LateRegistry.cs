using System.Net;
using System.Net.Sockets;

namespace CustomEvents.Tests.Kafka;

/// <summary>A server of the Schema Registry API that cannot do its work at first.</summary>
internal sealed class LateRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<string> _registered = [];
    private int _refusals;

    public LateRegistry(int refusals)
    {
        _refusals = refusals;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The subjects whose schema it took, in order.</summary>
    public string[] Registered
    {
        get
        {
            lock (_registered)
                return [.. _registered];
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                var isReady = Interlocked.Decrement(ref _refusals) < 0;
                call.Response.StatusCode = isReady ? 200 : 503;
                call.Response.ContentType = "application/vnd.schemaregistry.v1+json";
                if (isReady)
                {
                    lock (_registered)
                        _registered.Add(call.Request.Url!.Segments[2].TrimEnd('/'));
                }

                await call.Response.OutputStream.WriteAsync(isReady ? """{"id":1}"""u8.ToArray() : """{"error_code":50003,"message":"not yet"}"""u8.ToArray());
                call.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
