using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Running;

/// <summary>What the lanes of a runner share.</summary>
internal sealed record LaneEnvironment(
    IStage Stage,
    string Group,
    ILogWriter Writer,
    TopicNames Topics,
    StageOptions Options,
    TimeProvider Time,
    ILogger Logger,
    ByteBudget Budget,
    SemaphoreSlim Turns,
    SemaphoreSlim NextTurn,
    StoreShares? Shares,
    Action<Lane> Attention);
