using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>One connection to the API that sends bytes and reads answers, with a deadline for each.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawConnection(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static async Task<RawConnection> OpenAsync(IPEndPoint endPoint)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(endPoint);
        return new RawConnection(client);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _stream.WriteAsync(bytes, deadline.Token);
    }

    public Task SendAsync(byte[] bytes) => SendAsync(bytes.AsMemory());

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task<RawAnswer> ReceiveAsync(bool head = false)
    {
        var status = await LineAsync() ?? throw new IOException("The connection was closed without an answer.");
        var headers = new List<KeyValuePair<string, string>>();
        while (await LineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        var answer = new RawAnswer(int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture), headers, []);
        if (head || answer.Status is 100 or 204)
            return answer;
        if (answer["Transfer-Encoding"] == "chunked")
        {
            var body = new MemoryStream();
            while (int.Parse((await LineAsync())!, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
            {
                body.Write(await BytesAsync(size));
                await LineAsync();
            }

            await LineAsync();
            return answer with { Body = body.ToArray() };
        }

        return answer with { Body = await BytesAsync(int.Parse(answer["Content-Length"] ?? "0", CultureInfo.InvariantCulture)) };
    }

    /// <summary>Whether the other side ends the connection, with nothing more to read.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _start == _end && !await FillAsync();
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Ends it without a farewell.</summary>
    public void Reset() => _client.Client.Close(0);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync())
                return line.Length == 0 ? null : throw new IOException($"The connection was closed within the line '{line}'.");
            var value = (char)_buffer[_start++];
            if (value == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(value);
        }
    }

    private async Task<byte[]> BytesAsync(int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            if (_start == _end && !await FillAsync())
                throw new IOException($"The connection was closed after {done} of {count} bytes.");
            var part = Math.Min(count - done, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(bytes.AsSpan(done));
            _start += part;
            done += part;
        }

        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        _start = 0;
        _end = await _stream.ReadAsync(_buffer, deadline.Token);
        return _end > 0;
    }
}
