using System.Net.Sockets;
using System.Text;

namespace CustomEvents.Bench.Load;

/// <summary>
/// HTTP/1.1 over a socket, one request after the other, made as cheaply as can be: on a machine that the load shares with what is
/// measured, a client that costs as much as the server would halve every figure.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[8 * 1024];
    private int _bodyStart;
    private int _end;

    /// <summary>The body of the last answer.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart.._end);

    public Task ConnectAsync(Uri address) => _socket.ConnectAsync(address.Host, address.Port);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (!request.IsEmpty)
            request = request[await _socket.SendAsync(request)..];
        _end = 0;
        var whole = -1;
        while (whole < 0 || _end < whole)
        {
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, 2 * _buffer.Length);
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
            if (read == 0)
                throw new IOException("The connection was closed before the answer was whole.");
            _end += read;
            if (whole < 0)
                whole = WholeLength();
        }

        return ((_buffer[9] - '0') * 100) + ((_buffer[10] - '0') * 10) + (_buffer[11] - '0');
    }

    public void Dispose() => _socket.Dispose();

    private int WholeLength()
    {
        var received = _buffer.AsSpan(0, _end);
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return -1;
        _bodyStart = head + 4;
        var text = Encoding.Latin1.GetString(received[..(head + 2)]);
        var at = text.IndexOf("content-length: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new IOException($"The answer does not tell its length: {text}");
        at += "content-length: ".Length;
        return _bodyStart + int.Parse(text.AsSpan(at, text.IndexOf('\r', at) - at), System.Globalization.CultureInfo.InvariantCulture);
    }
}
