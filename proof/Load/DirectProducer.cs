using System.Globalization;
using System.Text;
using Confluent.Kafka;
using CustomEvents.Proof.Ledger;

namespace CustomEvents.Proof.Load;

/// <summary>A direct producer (contract section 9), which writes what the log acknowledged into the ledger.</summary>
internal sealed class DirectProducer(string kafka, string topic) : IDisposable
{
    private const int MostInFlight = 2_000;
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(120);
    private readonly SemaphoreSlim _room = new(MostInFlight);
    private readonly IProducer<byte[]?, byte[]?> _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
    {
        BootstrapServers = kafka,
        Acks = Acks.All,
        EnableIdempotence = true,
        // As Java's clients choose: a store's events lie in one partition.
        Partitioner = Partitioner.Murmur2Random,
        MessageMaxBytes = 8 * 1024 * 1024,
        MessageTimeoutMs = 110_000,
        LingerMs = 2,
        ReconnectBackoffMaxMs = 1000,
    })
        .SetLogHandler(static (_, _) => { })
        .SetErrorHandler(static (_, _) => { })
        .Build();

    /// <summary>Hands a record to the client; it is acknowledged some time later.</summary>
    public async Task SendAsync(Send send, int? partition = null)
    {
        await _room.WaitAsync();
        var message = new Message<byte[]?, byte[]?>
        {
            Key = send.Store is null ? null : Encoding.UTF8.GetBytes(send.Store),
            Value = send.Bytes,
            Headers = [new Header("n", Encoding.ASCII.GetBytes(send.Number.ToString(CultureInfo.InvariantCulture)))],
        };
        if (send.EventId is { } id)
            message.Headers.Add("event-id", Encoding.ASCII.GetBytes(id.ToString()));
        _producer.Produce(new TopicPartition(topic, partition is { } given ? new Partition(given) : Partition.Any), message, report =>
        {
            if (!report.Error.IsError)
                send.Outcome = Outcome.Accepted;
            _room.Release();
        });
    }

    /// <summary>Waits until everything is acknowledged or given up.</summary>
    public Task FlushAsync() => Task.Run(() => _producer.Flush(FlushLimit));

    public void Dispose()
    {
        _producer.Dispose();
        _room.Dispose();
    }
}
