using System.Runtime.InteropServices;
using Confluent.Kafka;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Kafka.Writing;

/// <summary>
/// Appends by an idempotent producer. A call hands its records to the client at once and completes with the last delivery report:
/// one completion for a call, none for a record.
/// </summary>
internal sealed class KafkaLogWriter : ILogWriter, IDisposable
{
    // What the client counts for a record beside its key, value and headers, rounded up.
    private const int RecordOverhead = 128;
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RestBetweenProducers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _properties;
    private readonly KafkaDelivery _delivery;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _order = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private ProducerInstance _instance;
    private bool _pumping;
    private volatile bool _closed;

    public KafkaLogWriter(ClientSettings settings, KafkaDelivery delivery, TimeProvider time, ILogger<KafkaLogWriter> logger)
    {
        _properties = settings.Producer(delivery);
        _delivery = delivery;
        _time = time;
        _logger = logger;
        _instance = NewInstance();
    }

    public Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        for (var i = 0; i < records.Count; i++)
        {
            if (SizeOf(records[i]) is var size and > ClientSettings.MaxRecordBytes)
            {
                return Task.FromException(new LogWriteException(
                    $"Record {i} of {records.Count} is {size} bytes with its key and headers, more than the {ClientSettings.MaxRecordBytes} that the topics take.",
                    nothingWritten: true, LogWriteFailure.RecordRefused));
            }
        }

        var append = new PendingAppend(records);
        if (_delivery == KafkaDelivery.GivesUp)
        {
            if (!TryHandOver(append))
                append.Seal(new Error(ErrorCode.Local_QueueFull, "the producer's queue is full"));
        }
        else
        {
            // Calls that were begun one after the other stay so also where the first has to wait for room.
            lock (_order)
            {
                if (_waiting.Count > 0 || !TryHandOver(append))
                {
                    _waiting.Enqueue(append);
                    if (!_pumping)
                    {
                        _pumping = true;
                        _ = Task.Run(PumpAsync, CancellationToken.None);
                    }
                }
            }
        }

        return cancellationToken.CanBeCanceled && !append.Task.IsCompleted ? WaitAsync(append, cancellationToken) : append.Task;
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        var instance = _instance;
        try
        {
            instance.Producer.Flush(CloseWithin);
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // What is outstanding fails below.
        }

        lock (_order)
        {
            while (_waiting.TryDequeue(out var append))
                append.FailClosing();
        }

        foreach (var append in instance.Retire(new Error(ErrorCode.Local_Destroy)) ?? [])
            append.FailClosing();
        instance.Producer.Dispose();
    }

    /// <summary>Hands the client what is left of an append; false where the client has no room for the next record.</summary>
    private bool TryHandOver(PendingAppend append)
    {
        if (append.Task.IsCompleted)
            return true;
        if (append.Instance is null && !Adopt(append))
            return true;

        var producer = append.Instance!.Producer;
        for (; append.Next < append.Records.Count; append.Next++)
        {
            if (append.Abandoned)
            {
                append.Seal(new Error(ErrorCode.Local_TimedOut, "nobody waits for it any more"));
                return true;
            }

            var record = append.Records[append.Next];
            append.BeforeHandingOver();
            try
            {
                producer.Produce(record.Topic, MessageOf(record), append.Reported);
            }
            catch (KafkaException e)
            {
                append.NotHandedOver();
                if (e.Error.Code == ErrorCode.Local_QueueFull)
                    return false;
                // What stands behind it is left out as well: it would overtake.
                append.Seal(e.Error);
                return true;
            }
            catch (ObjectDisposedException)
            {
                append.NotHandedOver();
                append.FailFatally(new Error(ErrorCode.Local_Destroy, "the producer was replaced or closed"));
                return true;
            }
        }

        append.Seal();
        return true;
    }

    private bool Adopt(PendingAppend append)
    {
        while (true)
        {
            if (_closed)
            {
                append.FailClosing();
                return false;
            }

            var instance = Volatile.Read(ref _instance);
            if (instance.TryAdopt(append))
                return true;
            lock (_order)
            {
                if (_instance != instance)
                    continue;
                // Where every producer fails at once (no permission for idempotent writes), appends may not make them without end.
                if (_time.GetElapsedTime(instance.CreatedAt) < RestBetweenProducers)
                {
                    append.Seal(new Error(ErrorCode.Local_State, "the Kafka producer failed for good a moment ago, and the next is not made yet"));
                    return false;
                }

                Volatile.Write(ref _instance, NewInstance());
            }
        }
    }

    // The client does not say when it has room again, so it is asked; all that time its own sending goes on.
    private async Task PumpAsync()
    {
        while (true)
        {
            lock (_order)
            {
                while (_waiting.TryPeek(out var append))
                {
                    try
                    {
                        if (!TryHandOver(append))
                            break;
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        // Nobody awaits this loop: were it to end here, what waits would wait for ever.
                        append.FailUnforeseen(e);
                    }

                    _waiting.Dequeue();
                }

                if (_waiting.Count == 0)
                {
                    _pumping = false;
                    return;
                }
            }

            await Task.Delay(PumpInterval, _time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        try
        {
            await append.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller may use its buffers again from here on, so that nothing of them may be read any more.
            lock (_order)
                append.Abandoned = true;
            throw;
        }
    }

    private ProducerInstance NewInstance()
    {
        var instance = new ProducerInstance(_time.GetTimestamp());
        instance.Producer = new ProducerBuilder<byte[]?, byte[]?>(_properties)
            .SetLogHandler((_, message) => KafkaLog.Client(_logger, message))
            .SetErrorHandler((_, error) => OnError(instance, error))
            .Build();
        return instance;
    }

    private void OnError(ProducerInstance instance, Error error)
    {
        if (error.IsFatal)
            Replace(instance, error);
        else
            KafkaLog.ClientError(_logger, error.Code, error.Reason);
    }

    /// <summary>A producer that failed for good takes nothing any more: what it owed is failed, and the next append makes a new one.</summary>
    private void Replace(ProducerInstance instance, Error error)
    {
        if (_closed || instance.Retire(error) is not { } outstanding)
            return;
        PendingAppend[] waiting;
        lock (_order)
        {
            // What waits was begun after what fails now, and may not go before its repetition.
            waiting = _waiting.ToArray();
            _waiting.Clear();
        }

        KafkaLog.ProducerReplaced(_logger, outstanding.Length + waiting.Length, error.Code, error.Reason);
        foreach (var append in outstanding)
            append.FailFatally(error);
        foreach (var append in waiting)
            append.FailFatally(error);

        // This runs on the producer's own thread, which its disposal waits for.
        _ = Task.Run(instance.Producer.Dispose);
    }

    internal ProducerInstance Instance => _instance;

    private static int SizeOf(in OutgoingRecord record)
    {
        var size = RecordOverhead + (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
        for (var i = 0; i < record.Headers.Count; i++)
            size += record.Headers[i].Key.Length + (record.Headers[i].Value?.Length ?? 0) + 10;
        return size;
    }

    private static Message<byte[]?, byte[]?> MessageOf(in OutgoingRecord record)
    {
        Headers? headers = null;
        if (record.Headers.Count > 0)
        {
            headers = [];
            for (var i = 0; i < record.Headers.Count; i++)
                headers.Add(record.Headers[i].Key, record.Headers[i].Value);
        }

        return new Message<byte[]?, byte[]?> { Key = ArrayOf(record.Key), Value = ArrayOf(record.Value), Headers = headers };
    }

    // The client takes whole arrays and copies them itself; only a part of an array is copied here.
    private static byte[]? ArrayOf(ReadOnlyMemory<byte>? memory)
    {
        if (memory is not { } bytes)
            return null;
        return MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
    }
}
