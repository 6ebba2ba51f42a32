using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace CustomEvents.Bench.MixedLoad;

/// <summary>Clients that do what they should not, all at once: each with the answers that the contract has for it.</summary>
internal sealed class BadClients : IDisposable
{
    private const int MB = 1024 * 1024;
    private const string Event = """{"eventName":"Bad","customer":{"email":"bad@example.com"}}""";

    private static readonly string[] Wrong = ["", "{", "[]", "{}", """{"eventName":"","customer":{"email":"x"},"value":"1"}""", """{"events":[{}]}""", "\u0001"];

    private readonly Tally _invalid = new("invalid", 400, 429);
    private readonly Tally _oversize = new("oversize", 413, 429, 503);
    private readonly Tally _slow = new("slow", 408, 429, 503);
    private readonly Tally _strangers = new("unauthenticated", 401, 429);
    private readonly Tally _greedy = new("over the rate", 202, 429);
    private readonly Tally _lost = new("wrong path", 404, 405);
    private readonly Tally _noHttp = new("not HTTP", 400, 408, 505);
    private readonly Tally _aborting = new("gone half way");

    private readonly Api _api;
    private readonly Api _elsewhere;
    private readonly string _path;
    private readonly string _key;
    private readonly byte[] _bomb = Bomb();

    public BadClients(Uri address, string store, string key)
    {
        _api = new Api(address);
        _elsewhere = new Api(address, "127.0.0.2");
        _path = $"/stores/{store}/events";
        _key = key;
    }

    public IEnumerable<Tally> Tallies => [_invalid, _oversize, _slow, _strangers, _greedy, _lost, _noHttp, _aborting];

    public async Task RunAsync(CancellationToken end)
    {
        var random = new Random(1);
        List<Task> clients =
        [
            RepeatAsync(20, _invalid, () => _api.PostAsync(_path, _key, Text(Wrong[random.Next(Wrong.Length)]), end), end),
            RepeatAsync(2, _oversize, () => _api.PostAsync(_path, _key, new ByteArrayContent(new byte[(5 * MB) + 1]), end), end),
            RepeatAsync(1, _oversize, () => _api.PostAsync(_path, _key, new StreamContent(new Endless((5 * MB) + 1000)), end), end),
            RepeatAsync(2, _oversize, () => _api.PostAsync(_path, _key, Packed(), end), end),
            RepeatAsync(50, _strangers, () => _elsewhere.PostAsync(_path, random.Next(2) == 0 ? null : "ce_" + Guid.NewGuid(), Text(Event), end), end),
            RepeatAsync(250, _greedy, () => _api.PostAsync(_path + "/bulk", _key, Text($"{{\"events\":[{Event}]}}"), end), end),
            RepeatAsync(10, _lost, () => _api.PostAsync(random.Next(2) == 0 ? "/stores" : _path, _key, Text(Event), end, HttpMethod.Put), end),
            RepeatAsync(5, _noHttp, () => RawAsync("GE\u0001T / HTTP/1.1\r\n\r\n", TimeSpan.Zero, end), end),
            RepeatAsync(5, _aborting, () => AbortAsync(end), end),
        ];
        for (var i = 0; i < 20; i++)
        {
            clients.Add(RepeatAsync(1, _slow, () => RawAsync(Head(1000) + "{", TimeSpan.Zero, end), end));
            clients.Add(RepeatAsync(1, _slow, () => RawAsync(Head(1000) + new string(' ', 900), TimeSpan.FromSeconds(2), end), end));
        }

        await Task.WhenAll(clients);
    }

    public void Dispose()
    {
        _api.Dispose();
        _elsewhere.Dispose();
    }

    /// <summary>At most so many a second; the slow ones one after the other. 0 is no answer, where none was due.</summary>
    private static async Task RepeatAsync(int rate, Tally tally, Func<Task<int>> send, CancellationToken end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                try
                {
                    if (await send() is > 0 and var status)
                        tally.Answered(status);
                }
                catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
                {
                    tally.Failed(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    private static StringContent Text(string text) => new(text, Encoding.UTF8);

    private string Head(int length) =>
        $"POST {_path} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {_key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    /// <summary>Sends the head at once and the rest byte by byte in that rhythm; the status that comes whenever it comes.</summary>
    private async Task<int> RawAsync(string text, TimeSpan rhythm, CancellationToken end)
    {
        using var client = await _api.ConnectAsync(end);
        var stream = client.GetStream();
        var bytes = Encoding.Latin1.GetBytes(text);
        var first = rhythm == TimeSpan.Zero ? bytes.Length : bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        await stream.WriteAsync(bytes.AsMemory(0, first), end);
        var buffer = new byte[4096];
        var answer = stream.ReadAsync(buffer, end).AsTask();
        for (var sent = first; sent < bytes.Length && !answer.IsCompleted; sent++)
        {
            await Task.WhenAny(answer, Task.Delay(rhythm, end));
            if (!answer.IsCompleted)
                await stream.WriteAsync(bytes.AsMemory(sent, 1), end);
        }

        var count = await answer;
        return count < 12 ? throw new IOException("The connection was closed without an answer.") : int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<int> AbortAsync(CancellationToken end)
    {
        using var client = await _api.ConnectAsync(end);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(Head(MB) + new string(' ', 50_000)), end);
        client.Client.Close(0);
        return 0;
    }

    private ByteArrayContent Packed()
    {
        var content = new ByteArrayContent(_bomb);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    /// <summary>200 MB of blanks in 200 KB.</summary>
    private static byte[] Bomb()
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            var blanks = new byte[MB];
            blanks.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 200; i++)
                gzip.Write(blanks);
        }

        return bytes.ToArray();
    }

    /// <summary>A body whose length nobody tells beforehand.</summary>
    private sealed class Endless(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
