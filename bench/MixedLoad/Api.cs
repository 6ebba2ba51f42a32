using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace CustomEvents.Bench.MixedLoad;

/// <summary>The API that is loaded, seen from one address of this machine.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _client;

    public Api(Uri address, string from = "127.0.0.1")
    {
        Address = address;
        From = IPAddress.Parse(from);
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => new NetworkStream((await ConnectAsync(cancellation)).Client, ownsSocket: true),
        })
        { BaseAddress = address, Timeout = TimeSpan.FromSeconds(75) };
    }

    public Uri Address { get; }

    public IPAddress From { get; }

    /// <summary>The failures that an address may have are counted for the address: whoever fails on purpose needs one of its own.</summary>
    public async Task<TcpClient> ConnectAsync(CancellationToken cancellation)
    {
        var client = new TcpClient(new IPEndPoint(From, 0)) { NoDelay = true };
        await client.ConnectAsync(Address.Host, Address.Port, cancellation);
        return client;
    }

    public async Task<int> PostAsync(string path, string? key, HttpContent body, CancellationToken cancellation, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = body };
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await _client.SendAsync(request, cancellation);
        await answer.Content.LoadIntoBufferAsync(cancellation);
        return (int)answer.StatusCode;
    }

    public void Dispose() => _client.Dispose();
}
