using System.Buffers;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CustomEvents.Events;

namespace CustomEvents.Bench.Events;

/// <summary>
/// What reading and checking one event costs, against a bare loop of <see cref="Utf8JsonReader"/> over the same bytes.
/// The bar: at most three times the loop, and at most 1 KB allocated.
/// </summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly byte[] _json = Encoding.UTF8.GetBytes(GuideEvent.Json);
    private readonly EventParser _parser = new();
    private readonly List<EventError> _errors = [];
    private readonly ArrayBufferWriter<byte> _output = new(16 * 1024);
    private NormalizedEvent _normalized = null!;
    private byte[] _record = [];

    [GlobalSetup]
    public void Normalize()
    {
        _normalized = new NormalizedEvent
        {
            EventId = Guid.CreateVersion7(),
            StoreId = "64ab01cd9f00112233445566",
            CustomerId = new CustomerId(new byte[12]),
            ReceivedAt = DateTime.UnixEpoch,
            Producer = "http",
            Topic = "events.raw",
            Position = new Position(Guid.NewGuid(), 3, 123_456),
            Event = Parse() ?? throw new InvalidOperationException(_errors[0].Detail),
        };
        Write();
        _record = _output.WrittenSpan.ToArray();
    }

    [Benchmark(Baseline = true)]
    public int BareReader()
    {
        var reader = new Utf8JsonReader(_json);
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }

    [Benchmark]
    public CustomEvent? Parse() => _parser.Parse(_json, _errors);

    [Benchmark]
    public void Write()
    {
        _output.ResetWrittenCount();
        _normalized.Write(_output);
    }

    [Benchmark]
    public NormalizedEvent? Read() => NormalizedEvent.TryRead(_record, out var normalized, out _) ? normalized : null;
}
