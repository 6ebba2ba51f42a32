using Confluent.Kafka;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Writing;

/// <summary>One call of append: counts the reports of its records and completes once, when the last is in.</summary>
internal sealed class PendingAppend
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for each record handed over whose report is to come, and one for whoever still hands over.
    private int _open = 1;
    private int _failed;
    private int _maybeWritten;
    private Error? _unavailable;
    private Error? _refused;
    private Error? _fatal;

    public PendingAppend(IReadOnlyList<OutgoingRecord> records)
    {
        Records = records;
        Reported = OnReported;
    }

    public IReadOnlyList<OutgoingRecord> Records { get; }

    /// <summary>The next record to hand over.</summary>
    public int Next { get; set; }

    /// <summary>The producer that got its first records; all go to one.</summary>
    public ProducerInstance? Instance { get; set; }

    /// <summary>The one delegate that all of its records are reported to.</summary>
    public Action<DeliveryReport<byte[]?, byte[]?>> Reported { get; }

    public Task Task => _completion.Task;

    /// <summary>Nobody waits any more: what was not handed over yet is not to be.</summary>
    public bool Abandoned { get; set; }

    public void BeforeHandingOver() => Interlocked.Increment(ref _open);

    /// <summary>The client did not take the record, so that no report will come.</summary>
    public void NotHandedOver() => Interlocked.Decrement(ref _open);

    /// <summary>Nothing more is handed over; <paramref name="error"/> says why where records are left.</summary>
    public void Seal(Error? error = null)
    {
        if (error is not null)
        {
            Interlocked.Add(ref _failed, Records.Count - Next);
            Note(error);
        }

        Close();
    }

    /// <summary>The producer is gone: no more reports will come.</summary>
    public void FailFatally(Error error)
    {
        Instance?.Forget(this);
        _completion.TrySetException(new LogWriteException(
            $"The Kafka producer failed for good and was replaced: {error.Reason} ({error.Code}). What was not acknowledged has to be appended again.",
            nothingWritten: false, LogWriteFailure.Fatal, new KafkaException(error)));
    }

    /// <summary>The client could not be asked at all, for example because no producer could be made.</summary>
    public void FailUnforeseen(Exception failure)
    {
        Instance?.Forget(this);
        _completion.TrySetException(new LogWriteException(
            $"The Kafka client failed with {failure.GetType().Name}.", nothingWritten: false, LogWriteFailure.Unavailable, failure));
    }

    /// <summary>The writer closes: no more reports will come.</summary>
    public void FailClosing() => _completion.TrySetException(new LogWriteException(
        "The log's writer was closed before Kafka had acknowledged.", nothingWritten: false, LogWriteFailure.Unavailable));

    private void OnReported(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (!report.Error.IsError)
        {
            Volatile.Write(ref _maybeWritten, 1);
        }
        else
        {
            Interlocked.Increment(ref _failed);
            if (report.Status != PersistenceStatus.NotPersisted)
                Volatile.Write(ref _maybeWritten, 1);
            Note(report.Error);
        }

        Close();
    }

    private void Note(Error error)
    {
        ref var kind = ref _unavailable;
        switch (WriteErrors.Classify(error))
        {
            case LogWriteFailure.Fatal: kind = ref _fatal; break;
            case LogWriteFailure.RecordRefused: kind = ref _refused; break;
            case LogWriteFailure.Unavailable: break;
        }

        Interlocked.CompareExchange(ref kind, error, null);
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) != 0)
            return;
        Instance?.Forget(this);

        // A refusal is told last: while other records failed for want of the log, it is not sure that this one stands alone.
        var (error, failure) = _fatal is not null ? (_fatal, LogWriteFailure.Fatal)
            : _unavailable is not null ? (_unavailable, LogWriteFailure.Unavailable)
            : (_refused, LogWriteFailure.RecordRefused);
        if (error is null)
        {
            _completion.TrySetResult();
            return;
        }

        _completion.TrySetException(new LogWriteException(
            $"Kafka did not take {_failed} of {Records.Count} records: {error.Reason} ({error.Code}).",
            _maybeWritten == 0, failure, new KafkaException(error)));
    }
}
