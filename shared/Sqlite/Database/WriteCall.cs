namespace CustomEvents.Sqlite.Database;

/// <summary>A write that gives a result.</summary>
internal sealed class WriteCall<T>(Func<Connection, T> write) : WriteWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

    public override void Execute(Connection connection) => _result = write(connection);

    public override void Complete() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception, bool nothingWritten)
    {
        if (exception is OperationCanceledException cancelled)
            _completion.TrySetCanceled(cancelled.CancellationToken);
        else
            _completion.TrySetException(exception);
    }
}
