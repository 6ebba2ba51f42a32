namespace CustomEvents.Pipeline.Running;

/// <summary>A lane's turn among those of its runner, of whose batches only so many are in work side by side.</summary>
internal sealed class LaneTurn(SemaphoreSlim turns)
{
    private bool _isHeld;

    /// <summary>Waits until it is the lane's turn.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        _isHeld = true;
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
        await EnterAsync(cancellationToken);
    }
}
