using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Load;

/// <summary>Sends requests that were made beforehand over a number of connections.</summary>
internal sealed class LoadGenerator
{
    private const int Connections = 64;
    private const int Customers = 20_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly LoadSpec _spec;
    private readonly byte[][] _requests;
    private readonly ConcurrentBag<List<double>> _latencies = [];
    private readonly ReadableWatch? _readable;
    private readonly Stopwatch _clock = new();
    private long _next = -1;

    private LoadGenerator(LoadSpec spec)
    {
        _spec = spec;
        var workload = new Workload(spec.Stores, Customers);
        var host = new Uri(spec.Address).Authority;
        _requests = new byte[spec.Requests][];
        for (var i = 0; i < _requests.Length; i++)
            _requests[i] = Request(workload, spec, host, i);
        _readable = spec.LookFor is { } database ? new ReadableWatch(database) : null;
    }

    /// <summary>Runs a load to its end in a process of its own.</summary>
    public static Task<LoadResult> RunApartAsync(LoadSpec spec) => ChildProcess.RunAsync<LoadSpec, LoadResult>(ChildProcess.LoadRole, spec);

    /// <summary>Runs a load to its end.</summary>
    /// <exception cref="InvalidOperationException">A request was answered otherwise than with 202.</exception>
    public static Task<LoadResult> RunAsync(LoadSpec spec) => new LoadGenerator(spec).RunAsync();

    private async Task<LoadResult> RunAsync()
    {
        var connections = new HttpConnection[Connections];
        for (var i = 0; i < connections.Length; i++)
        {
            connections[i] = new HttpConnection();
            await connections[i].ConnectAsync(new Uri(_spec.Address));
        }

        var looking = _readable?.RunAsync() ?? Task.CompletedTask;
        _clock.Start();
        await Task.WhenAll(connections.Select(connection => Task.Run(() => UseAsync(connection))));
        var seconds = _clock.Elapsed.TotalSeconds;
        _readable?.NoMore();
        await looking;
        foreach (var connection in connections)
            connection.Dispose();
        return new LoadResult(seconds, [.. _latencies.SelectMany(list => list)], _readable?.Milliseconds ?? []);
    }

    private async Task UseAsync(HttpConnection connection)
    {
        var latencies = new List<double>();
        _latencies.Add(latencies);
        while (true)
        {
            var number = Interlocked.Increment(ref _next);
            if (_spec.Seconds is null && number >= _requests.Length)
                return;
            TimeSpan due;
            if (_spec.Rate is { } rate)
            {
                due = TimeSpan.FromSeconds(number / rate);
                if (due.TotalSeconds >= _spec.Seconds)
                    return;
                // The timer knows whole milliseconds: rather one too late, which counts, than too early, which would not.
                if (due - _clock.Elapsed is { Ticks: > 0 } early)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(early.TotalMilliseconds)));
            }
            else
            {
                due = _clock.Elapsed;
                if (due.TotalSeconds >= _spec.Seconds)
                    return;
            }

            var status = await connection.SendAsync(_requests[number % _requests.Length]);
            var answered = _clock.Elapsed;
            if (status == 503 && _spec.IsWarmUp)
            {
                await Task.Delay(Pause);
                continue;
            }

            if (status != 202)
                throw new InvalidOperationException($"Request {number} was answered with {status}: {Encoding.UTF8.GetString(connection.Body)}");
            latencies.Add((answered - due).TotalMilliseconds);
            _readable?.Accepted(Workload.StoreName((int)(number % _requests.Length) % _spec.Stores), EventId(connection.Body));
        }
    }

    private static Guid EventId(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("eventId"u8))
            {
                reader.Read();
                return reader.GetGuid();
            }
        }

        throw new InvalidOperationException("The answer names no event.");
    }

    private static byte[] Request(Workload workload, LoadSpec spec, string host, int number)
    {
        var store = workload.StoreOf(number);
        var body = new MemoryStream();
        if (spec.EventsInRequest == 1)
        {
            body.Write(workload.Event(EventNumber(0)));
        }
        else
        {
            body.Write("{\"events\":["u8);
            for (var i = 0; i < spec.EventsInRequest; i++)
            {
                if (i > 0)
                    body.WriteByte((byte)',');
                body.Write(workload.Event(EventNumber(i)));
            }

            body.Write("]}"u8);
        }

        var path = $"/stores/{store}/events{(spec.EventsInRequest == 1 ? "" : HttpPaths.Bulk)}";
        var prefer = spec.LookFor is null ? "" : "Prefer: return=representation\r\n";
        return
        [
            .. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {Workload.KeyOf(store)}\r\n{prefer}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body.ToArray(),
        ];

        // All events of a request are of its store, whose customers are those of its numbers.
        long EventNumber(int index) => spec.First + (((long)number / spec.Stores * spec.EventsInRequest) + index) * spec.Stores + (number % spec.Stores);
    }
}
