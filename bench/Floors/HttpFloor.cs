using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using CustomEvents.Bench.Running;
using CustomEvents.Kafka;
using CustomEvents.Pipeline.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace CustomEvents.Bench.Floors;

/// <summary>What the bare endpoint is told.</summary>
/// <param name="Kafka">The brokers.</param>
/// <param name="Topic">Where to produce to.</param>
/// <param name="Database">Where a <see cref="StoringFloor"/> in the same process stores what was produced; null for nowhere.</param>
internal sealed record HttpFloorSpec(string Kafka, string Topic, string? Database = null);

/// <summary>
/// A floor: an endpoint on bare Kestrel that reads the body, has <see cref="Utf8JsonReader"/> read all of it, produces one record an event with the settings, the key and
/// the headers of the API, and answers 202 when all are acknowledged. No routing, no middleware, no log, no check of anything; one completion for a request,
/// buffers from the pool. It cannot do less.
/// </summary>
internal sealed class HttpFloor
{
    private static readonly byte[] ProducedByHttp = "http"u8.ToArray();

    private readonly string _topic;
    private readonly IProducer<byte[], byte[]> _producer;

    private HttpFloor(HttpFloorSpec spec)
    {
        _topic = spec.Topic;
        _producer = new ProducerBuilder<byte[], byte[]>(new ClientSettings(new KafkaOptions { BootstrapServers = spec.Kafka }).Producer(KafkaDelivery.GivesUp)).Build();
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var spec = JsonSerializer.Deserialize<HttpFloorSpec>(args[0])!;
        var floor = new HttpFloor(spec);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(floor.AnswerAsync);
        await app.StartAsync();
        Console.WriteLine($"Now listening on: {app.Urls.First()}");
        var ended = ((IHost)app).WaitForShutdownAsync();
        // A loop that fails ends the process, which the run hears of.
        if (spec.Database is { } database)
            await await Task.WhenAny(ended, Task.Run(new StoringFloor(spec.Kafka, spec.Topic, database).RunAsync));
        await ended;
        return 0;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == HttpPaths.Ready)
            return;
        if (path == HttpPaths.Allocated)
        {
            await context.Response.WriteAsync(GC.GetTotalAllocatedBytes(precise: false).ToString(CultureInfo.InvariantCulture));
            return;
        }

        var length = (int)context.Request.ContentLength!.Value;
        var body = ArrayPool<byte>.Shared.Rent(length);
        var eventId = default(Guid);
        try
        {
            await context.Request.Body.ReadExactlyAsync(body.AsMemory(0, length));
            // "/stores/{store}/events" or the same with "/bulk"
            var isBulk = path.EndsWith(HttpPaths.Bulk, StringComparison.Ordinal);
            var key = Encoding.ASCII.GetBytes(path, 8, path.IndexOf('/', 8) - 8);
            await (isBulk ? ProduceAll(key, body.AsSpan(0, length)) : ProduceOne(key, body.AsSpan(0, length), eventId = Guid.CreateVersion7()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        // Who measures freshness has to know the event again.
        var answer = context.Request.Headers.ContainsKey("Prefer") ? Encoding.ASCII.GetBytes($$"""{"eventId":"{{eventId}}"}""") : [];
        context.Response.ContentLength = answer.Length;
        if (answer.Length > 0)
            await context.Response.Body.WriteAsync(answer);
    }

    private Task ProduceOne(byte[] key, ReadOnlySpan<byte> body, Guid id)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            // all of it has to be JSON
        }

        var pending = new Pending();
        pending.Add();
        Produce(key, body.ToArray(), id, ReceivedAt(), TraceParent(), pending);
        pending.Seal();
        return pending.Task;
    }

    private Task ProduceAll(byte[] key, ReadOnlySpan<byte> body)
    {
        var receivedAt = ReceivedAt();
        var traceParent = TraceParent();
        var pending = new Pending();
        var reader = new Utf8JsonReader(body);
        var start = 0;
        while (reader.Read())
        {
            // The envelope is an object of one array: an event begins and ends two levels down.
            if (reader is { CurrentDepth: 2, TokenType: JsonTokenType.StartObject })
            {
                start = (int)reader.TokenStartIndex;
            }
            else if (reader is { CurrentDepth: 2, TokenType: JsonTokenType.EndObject })
            {
                pending.Add();
                Produce(key, body[start..(int)reader.BytesConsumed].ToArray(), Guid.CreateVersion7(), receivedAt, traceParent, pending);
            }
        }

        pending.Seal();
        return pending.Task;
    }

    private void Produce(byte[] key, byte[] value, Guid id, byte[] receivedAt, byte[] traceParent, Pending pending)
    {
        var eventId = new byte[36];
        id.TryFormat(eventId, out _);
        _producer.Produce(
            _topic,
            new Message<byte[], byte[]>
            {
                Key = key,
                Value = value,
                Headers = new Headers
                {
                    { HeaderNames.EventId, eventId }, { HeaderNames.ReceivedAt, receivedAt }, { HeaderNames.Producer, ProducedByHttp }, { HeaderNames.TraceParent, traceParent },
                },
            },
            pending.Reported);
    }

    private static byte[] ReceivedAt()
    {
        var text = new byte[28];
        TimeProvider.System.GetUtcNow().UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        return text;
    }

    // As long as one, and as cheap as can be.
    private static byte[] TraceParent()
    {
        var text = new byte[HeaderNames.TraceParentBytes];
        "00-"u8.CopyTo(text);
        Guid.NewGuid().TryFormat(text.AsSpan(3), out _, "N");
        "-b7ad6b7169203331-00"u8.CopyTo(text.AsSpan(35));
        return text;
    }

    /// <summary>One completion for all records of a request.</summary>
    private sealed class Pending
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open = 1;
        private Error? _error;

        public Pending() => Reported = OnReport;

        public Action<DeliveryReport<byte[], byte[]>> Reported { get; }

        public Task Task => _completion.Task;

        public void Add() => Interlocked.Increment(ref _open);

        public void Seal()
        {
            if (Interlocked.Decrement(ref _open) > 0)
                return;
            if (_error is { } error)
                _completion.SetException(new KafkaException(error));
            else
                _completion.SetResult();
        }

        private void OnReport(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
                _error = report.Error;
            Seal();
        }
    }
}
