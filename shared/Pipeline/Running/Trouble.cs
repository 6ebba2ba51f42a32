using System.Diagnostics;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Running;

/// <summary>Failures in a row of one kind of work of a lane: the pause after each, and what readiness says meanwhile.</summary>
internal sealed class Trouble(LaneEnvironment environment, TopicPartition partition)
{
    private volatile string? _problem;

    /// <summary>How many failures there were in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>What is wrong; null where nothing is.</summary>
    public string? Problem => _problem;

    /// <summary>Goes on where another left off.</summary>
    public void Inherit(Trouble other)
    {
        Failures = other.Failures;
        _problem = other._problem;
    }

    /// <summary>It worked again.</summary>
    public void Clear()
    {
        if (_problem is null)
            return;
        RunnerLog.Recovered(environment.Logger, environment.Stage.Name, partition, Failures);
        Failures = 0;
        _problem = null;
    }

    /// <summary>Notes a failure and waits before the next attempt.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="what">What could not be done, such as <c>cannot process</c>.</param>
    /// <param name="orUntil">Ends the wait early.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="OperationCanceledException">There is to be no other attempt.</exception>
    public async Task WaitAsync(Exception failure, string what, Task? orUntil, CancellationToken cancellationToken)
    {
        Failures++;
        _problem = $"{partition}: {what}: {Describe(failure)}";
        PipelineMetrics.Retries.Add(1, new("custom_events.stage", environment.Stage.Name), new("error.type", failure.GetType().Name));
        Activity.Current?.AddEvent(new ActivityEvent("retry", tags: new() { ["error.type"] = failure.GetType().Name, ["custom_events.failures"] = Failures }));
        var delay = Backoff.Delay(Failures, environment.Options.MinBackoff, environment.Options.MaxBackoff, Random.Shared.NextDouble());
        RunnerLog.Failed(environment.Logger, environment.Stage.Name, partition, what, Failures, Describe(failure), delay);
        if (failure is not (InfrastructureException or LogWriteException or RecordFaultException or OperationCanceledException) && Failures == 1)
            RunnerLog.Unforeseen(environment.Logger, environment.Stage.Name, partition, failure.GetType(), failure.StackTrace);
        var pause = Task.Delay(delay, environment.Time, cancellationToken);
        await (orUntil is null ? pause : await Task.WhenAny(pause, orUntil));
    }

    // The message of an exception that is not ours may hold a customer's data.
    private static string Describe(Exception failure) =>
        failure is InfrastructureException or LogWriteException or LogReadException or RecordFaultException
            ? failure.Message
            : failure.GetType().Name;
}
