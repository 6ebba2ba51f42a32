namespace CustomEvents.Hosting.Work;

/// <summary>Whether a part of the service ended in a way that nobody foresaw: the process then ends with exit code 1, so that it is started anew.</summary>
internal sealed class ServiceFailure
{
    private volatile bool _hasFailed;

    public bool HasFailed => _hasFailed;

    public void Set() => _hasFailed = true;
}
