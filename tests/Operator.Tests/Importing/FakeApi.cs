using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CustomEvents.Tests.Operator.Importing;

/// <summary>
/// The bulk endpoint as the contract has it, in this process: an event with <c>"bad"</c> is invalid, and one that comes again under its id is stored
/// once. A test may answer in its stead.
/// </summary>
internal sealed class FakeApi : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<FakeRequest, FakeAnswer?> _instead;
    private readonly ConcurrentDictionary<string, string> _stored = [];

    public FakeApi(Func<FakeRequest, FakeAnswer?>? instead = null)
    {
        _instead = instead ?? (static _ => null);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = ListenAsync();
    }

    public string Url { get; }

    /// <summary>All requests, in the order in which they came.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    /// <summary>The events that are stored.</summary>
    public List<string> Stored => [.. _stored.Values];

    public void Dispose() => _listener.Close();

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(call));
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext call)
    {
        try
        {
            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body);
            var request = new FakeRequest(
                Requests.Count, call.Request.Url!.AbsolutePath, call.Request.Headers["Authorization"], call.Request.Headers["Idempotency-Key"] ?? "", body.ToArray());
            Requests.Enqueue(request);
            var instead = _instead(request);
            if (instead is { IsLost: true })
            {
                // It did its work, and its answer is lost.
                if (instead.IsStored)
                    Judge(request);
                // Less than was promised, and then the end.
                call.Response.ContentLength64 = 1_000;
                await call.Response.OutputStream.WriteAsync("{"u8.ToArray());
                call.Response.Abort();
                return;
            }

            var answer = instead ?? Judge(request);
            call.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } seconds)
                call.Response.AddHeader("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
            call.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client or the test has gone.
        }
    }

    private FakeAnswer Judge(FakeRequest request)
    {
        var events = request.Events;
        var errors = events.ConvertAll(static one => one.Contains("\"bad\"", StringComparison.Ordinal) ? """{"pointer":"POINTER/bad","code":"invalid_type","detail":"It is bad."}""" : null);
        if (errors.All(static error => error is not null))
        {
            var told = errors.Select(static (error, i) => error!.Replace("POINTER", $"/events/{i}", StringComparison.Ordinal)).Take(100);
            return new FakeAnswer(400, $$"""{"status":400,"errors":[{{string.Join(',', told)}}]}""");
        }

        var ordinals = new Dictionary<string, int>();
        for (var i = 0; i < events.Count; i++)
        {
            var ordinal = ordinals[events[i]] = ordinals.GetValueOrDefault(events[i]) + 1;
            if (errors[i] is null)
                _stored[$"{request.Key}\n{ordinal}\n{events[i]}"] = events[i];
        }

        var results = errors.Select(static (error, i) => error is null
            ? $$"""{"index":{{i}},"status":"accepted"}"""
            : $$"""{"index":{{i}},"status":"rejected","errors":[{{error.Replace("POINTER", $"/events/{i}", StringComparison.Ordinal)}}]}""");
        return new FakeAnswer(202, $$"""{"results":[{{string.Join(',', results)}}]}""");
    }
}
