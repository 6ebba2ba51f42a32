namespace CustomEvents.Pipeline.Running;

/// <summary>A lane's turn among those of its runner, of whose batches only so many are in work side by side. They get it in the order in which they ask.</summary>
/// <param name="turns">As many as may be in work.</param>
/// <param name="next">Of one: who waits for the next turn that is free.</param>
/// <param name="becameNext">Called where the lane is next and has to wait.</param>
internal sealed class LaneTurn(SemaphoreSlim turns, SemaphoreSlim next, Action becameNext)
{
    private volatile bool _isNext;
    private bool _isHeld;

    /// <summary>Whether the next turn that is free is the lane's, for a batch that it has yet to take.</summary>
    public bool IsNext => _isNext;

    /// <summary>Waits until it is the lane's turn to take a batch.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => EnterAsync(takesRecords: true, cancellationToken);

    private async Task EnterAsync(bool takesRecords, CancellationToken cancellationToken)
    {
        await next.WaitAsync(cancellationToken);
        try
        {
            var turn = turns.WaitAsync(cancellationToken);
            if (takesRecords && !turn.IsCompleted)
            {
                _isNext = true;
                becameNext();
            }

            await turn;
            _isHeld = true;
        }
        finally
        {
            _isNext = false;
            next.Release();
        }
    }

    /// <summary>Lets another have its turn; does nothing where it is not held.</summary>
    public void Leave()
    {
        if (!_isHeld)
            return;
        _isHeld = false;
        turns.Release();
    }

    /// <summary>Lets others have their turns while something is waited for.</summary>
    public async Task RestAsync(Task pause, CancellationToken cancellationToken)
    {
        Leave();
        await pause;
        // It goes on with the batch in hand: others have more use for memory.
        await EnterAsync(takesRecords: false, cancellationToken);
    }
}
