using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Running;

/// <summary>Runs a stage over a topic: reads as a group, a lane for each partition, offsets only past what is durable downstream.</summary>
public sealed class StageRunner(
    IStage stage,
    string topic,
    string group,
    ILogReaderFactory readers,
    ILogWriter writer,
    TopicNames topics,
    StageOptions options,
    TimeProvider time,
    ILogger<StageRunner> logger) : IReadinessSource
{
    /// <inheritdoc />
    public string Name => stage.Name;

    /// <inheritdoc />
    public string? Problem => throw new NotImplementedException($"{topic} {group} {readers} {writer} {topics} {options} {time} {logger}");

    /// <summary>Works until it is told to stop; returns when what was in work is finished and committed and the group is left.</summary>
    /// <param name="stopping">Asks for the stop.</param>
    public Task RunAsync(CancellationToken stopping) => throw new NotImplementedException();
}
