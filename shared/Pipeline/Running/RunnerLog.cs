using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Running;

internal static partial class RunnerLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Stage} {Partition} {What}, failure {Failures} in a row: {Reason}; again in {Delay}")]
    public static partial void Failed(ILogger logger, string stage, TopicPartition partition, string what, int failures, string reason, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Error, "{Stage} {Partition}: an exception that nobody foresaw, {Type} at\n{Stack}")]
    public static partial void Unforeseen(ILogger logger, string stage, TopicPartition partition, Type type, string? stack);

    [LoggerMessage(3, LogLevel.Information, "{Stage} {Partition} works again after {Failures} failures")]
    public static partial void Recovered(ILogger logger, string stage, TopicPartition partition, int failures);

    [LoggerMessage(4, LogLevel.Warning, "{Stage} {Partition}: the record at offset {Offset} is at fault and becomes a rejection, {Type}")]
    public static partial void AtFault(ILogger logger, string stage, TopicPartition partition, long offset, Type type);

    [LoggerMessage(5, LogLevel.Error, "{Stage} {Partition}: three records in a row fail the same way, so the fault is ours; the lane stops at offset {Offset} until one succeeds")]
    public static partial void Stopped(ILogger logger, string stage, TopicPartition partition, long offset);

    [LoggerMessage(6, LogLevel.Information, "{Stage} was given {Partition}")]
    public static partial void Assigned(ILogger logger, string stage, TopicPartition partition);

    [LoggerMessage(7, LogLevel.Information, "{Stage} {Partition} was revoked at offset {Next}")]
    public static partial void Revoked(ILogger logger, string stage, TopicPartition partition, long? next);

    [LoggerMessage(8, LogLevel.Warning, "{Stage} {Partition} was lost: it belongs to somebody else already")]
    public static partial void Lost(ILogger logger, string stage, TopicPartition partition);

    [LoggerMessage(9, LogLevel.Warning, "{Stage} {Partition} did not finish its batch within {Bound}; the next owner does it again")]
    public static partial void Unfinished(ILogger logger, string stage, TopicPartition partition, TimeSpan bound);

    [LoggerMessage(10, LogLevel.Warning, "{Stage} cannot read {Topic}: {Reason}; again in {Delay}")]
    public static partial void CannotRead(ILogger logger, string stage, string topic, string reason, TimeSpan delay);

    [LoggerMessage(11, LogLevel.Warning, "{Stage} {Partition} starts again at offset {Offset}")]
    public static partial void Restarted(ILogger logger, string stage, TopicPartition partition, long offset);

    [LoggerMessage(12, LogLevel.Information, "{Stage} stopped")]
    public static partial void Ended(ILogger logger, string stage);
}
