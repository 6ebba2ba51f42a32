using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stages.Normalizing;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryStores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Pipeline.Stages;

/// <summary>The two stages over in-memory stores, without a log between them: raw records in, outcomes out.</summary>
internal sealed class StageBench
{
    public const string Shop = "store-1";
    public static readonly Guid TopicId = Guid.Parse("0b6f7a55-3c33-4f8e-9d2b-9b0b4f6a0001");
    public static readonly DateTime Epoch = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    private readonly RawLog _log = new();
    private long _nextOffset;

    public StageBench()
    {
        Normalizer = new NormalizerStage(Stores, Stores, Stores, Stores, Topics);
        Persister = new PersisterStage(Stores, Stores, Stores, _log, Time, NullLogger<PersisterStage>.Instance);
        Stores.CreateStoreAsync(new Store(Shop, Epoch), default);
        Stores.CreateStoreAsync(new Store("store-2", Epoch), default);
    }

    public FakeTimeProvider Time { get; } = new(Epoch);

    public InMemoryStores Stores { get; } = new();

    public TopicNames Topics { get; } = new();

    public NormalizerStage Normalizer { get; }

    public PersisterStage Persister { get; }

    /// <summary>How often the raw topic was asked for the records of rejections.</summary>
    public int LookUps => _log.LookUps;

    /// <summary>The retention removes everything from the raw topic.</summary>
    public void ForgetRaw() => _log.Records.Clear();

    /// <summary>A raw record at the next offset, received a second after the one before.</summary>
    public LogRecord Raw(string? json, string? key = Shop, int partition = 0, params (string Name, string Value)[] headers)
    {
        var offset = _nextOffset++;
        var record = new LogRecord
        {
            Topic = "events.raw",
            Position = new Position(TopicId, partition, offset),
            Timestamp = Epoch.AddSeconds(offset),
            Key = key is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(key),
            Value = json is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(json),
            Headers = [.. headers.Select(header => new RecordHeader(header.Name, Encoding.UTF8.GetBytes(header.Value)))],
        };
        _log.Records[offset] = record;
        return record;
    }

    public static string Event(string customer, string rest = "") => $$"""{"eventName":"Order","customer":{{customer}}{{rest}}}""";

    public async Task<IReadOnlyList<Outcome>> NormalizeAsync(params LogRecord[] records) => await NormalizeAsync(null, records);

    public async Task<IReadOnlyList<Outcome>> NormalizeAsync(IStageLane? lane, params LogRecord[] records)
    {
        lane ??= Normalizer.OpenLane(new TopicPartition("events.raw", 0));
        using var batch = lane.Prepare(records);
        return await batch.ProcessAsync(default);
    }

    public async Task<IReadOnlyList<Outcome>> PersistAsync(IEnumerable<Outcome> outcomes, IStageLane? lane = null)
    {
        lane ??= Persister.OpenLane(new TopicPartition("events.normalized", 0));
        var records = outcomes.Where(outcome => outcome.Kind == OutcomeKind.Produced).Select((outcome, i) => new LogRecord
        {
            Topic = outcome.Output.Topic,
            Position = new Position(Guid.Empty, 0, i),
            Timestamp = Epoch,
            Key = outcome.Output.Key,
            Value = outcome.Output.Value,
            Headers = [.. outcome.Output.Headers],
        }).ToList();
        using var batch = lane.Prepare(records);
        return await batch.ProcessAsync(default);
    }

    /// <summary>Through both stages.</summary>
    public async Task<IReadOnlyList<Outcome>> StoreAsync(params LogRecord[] records)
    {
        var outcomes = await NormalizeAsync(records);
        await PersistAsync(outcomes);
        return outcomes;
    }

    public (IdentifiedCustomer Identity, CustomerProfile Profile) Customer(string email) =>
        Stores.AllCustomers().Single(customer => customer.Identity.Email?.Value == email);

    public static string Hex(int number) => number.ToString("x24", CultureInfo.InvariantCulture);

    private sealed class RawLog : ILogInspector
    {
        public Dictionary<long, LogRecord> Records { get; } = [];

        public int LookUps { get; private set; }

        public Task<int> PartitionsAsync(string topic, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<LogRecord> ReadAsync(string topic, IReadOnlyCollection<int>? partitions, DateTime since, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyDictionary<(int Partition, long Offset), LogRecord>> ReadAtAsync(
            string topic, IReadOnlyCollection<(int Partition, long Offset)> places, CancellationToken cancellationToken)
        {
            LookUps++;
            return Task.FromResult<IReadOnlyDictionary<(int, long), LogRecord>>(
                places.Where(place => Records.ContainsKey(place.Offset)).ToDictionary(place => place, place => Records[place.Offset]));
        }

        public Task<IReadOnlyList<LogRecord>> TailAsync(string topic, int perPartition, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> MembersAsync(string group, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PartitionProgress>> ProgressAsync(string group, string topic, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
