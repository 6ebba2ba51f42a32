using System.Net;
using System.Net.Sockets;

namespace CustomEvents.Tests.Support;

/// <summary>
/// A way to a server that can stop to carry anything without closing a connection, as a server that hangs does, or end every connection, as
/// one that was killed; and can be whole again.
/// </summary>
public sealed class ServerProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly DnsEndPoint _target;
    private readonly Task _accepting;
    private CancellationTokenSource _connections = new();
    private volatile bool _hangs;

    public ServerProxy(string host, int port)
    {
        _target = new DnsEndPoint(host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Nothing is carried any more, in either direction; connections are still made.</summary>
    public void Hang() => _hangs = true;

    /// <summary>Every connection ends, and a new one ends at once.</summary>
    public void Kill() => _connections.Cancel();

    /// <summary>What hung goes on, and new connections are carried.</summary>
    public void Mend()
    {
        _hangs = false;
        if (_connections.IsCancellationRequested)
            _connections = new CancellationTokenSource();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _connections.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _connections.Token);
            await far.ConnectAsync(_target.Host, _target.Port, end.Token);
            await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream(), end.Token), CopyAsync(far.GetStream(), near.GetStream(), end.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException or InvalidOperationException)
        {
            // The test is over, or a side closed it; before its stream was taken that is an operation on a socket that is not connected.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken end)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, end)) > 0)
            {
                while (_hangs)
                    await Task.Delay(20, end);
                await to.WriteAsync(buffer.AsMemory(0, count), end);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over, or one side closed it.
        }
    }
}
