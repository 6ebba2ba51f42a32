using Confluent.Kafka;

namespace CustomEvents.Kafka.Writing;

/// <summary>One producer of the client library, and the appends that wait for its reports.</summary>
internal sealed class ProducerInstance(long createdAt)
{
    private readonly Lock _sync = new();
    private readonly HashSet<PendingAppend> _outstanding = [];
    private Error? _failure;

    /// <summary>When it was made, as the clock's timestamp.</summary>
    public long CreatedAt { get; } = createdAt;

    public IProducer<byte[]?, byte[]?> Producer { get; set; } = null!;

    /// <summary>Takes an append into its care; false where the producer failed already.</summary>
    public bool TryAdopt(PendingAppend append)
    {
        lock (_sync)
        {
            if (_failure is not null)
                return false;
            append.Instance = this;
            _outstanding.Add(append);
            return true;
        }
    }

    public void Forget(PendingAppend append)
    {
        lock (_sync)
            _outstanding.Remove(append);
    }

    /// <summary>Takes no more appends; null where it did not before, else the appends that no report will come for any more.</summary>
    public PendingAppend[]? Retire(Error failure)
    {
        lock (_sync)
        {
            if (_failure is not null)
                return null;
            _failure = failure;
            var left = _outstanding.ToArray();
            _outstanding.Clear();
            return left;
        }
    }
}
