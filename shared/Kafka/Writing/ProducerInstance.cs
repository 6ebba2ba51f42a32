using Confluent.Kafka;

namespace CustomEvents.Kafka.Writing;

/// <summary>One producer of the client library, and the appends that wait for its reports.</summary>
internal sealed class ProducerInstance
{
    private readonly Lock _sync = new();
    private readonly HashSet<PendingAppend> _outstanding = [];
    private Error? _failure;

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

    /// <summary>The appends that no report will come for any more; empty at the second call.</summary>
    public PendingAppend[] Retire(Error failure)
    {
        lock (_sync)
        {
            _failure ??= failure;
            var left = _outstanding.ToArray();
            _outstanding.Clear();
            return left;
        }
    }
}
