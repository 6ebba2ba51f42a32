namespace CustomEvents.Sqlite.Database;

/// <summary>Something to write. <see cref="DatabaseWriter"/> puts what waits at one time into one transaction.</summary>
internal abstract class WriteWork
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;
    private int _state;

    /// <summary>When it began to wait, a timestamp of the writer's clock.</summary>
    public long WaitingSince { get; set; }

    /// <summary>Withdraws it when its caller gives up.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>
    /// Whether it has to be on the disk before it completes. What need not survives a crash of the process all the same, and is
    /// on the disk with the next work that has to be: transactions reach it in their order.
    /// </summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>Roughly how many bytes it writes: transactions are bounded by it.</summary>
    public long Bytes { get; init; } = 1024;

    /// <summary>Writes, inside a transaction. May be called again after a rollback.</summary>
    public abstract void Execute(Connection connection);

    /// <summary>It is committed.</summary>
    public abstract void Complete();

    /// <summary>Nothing of it is written; or unknown, where <paramref name="nothingWritten"/> is false.</summary>
    public abstract void Fail(Exception exception, bool nothingWritten);

    /// <summary>The writer begins it; false where it was withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Takes it back; false where the writer has begun it, and then its end has to be awaited, because the writer reads its memory.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;
}
