using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Kafka;

/// <summary>What the adapter logs. Never keys, values or headers.</summary>
internal static partial class KafkaLog
{
    private static readonly TimeSpan ErrorInterval = TimeSpan.FromSeconds(30);

    // When a kind of error was last warned of, by what logs it.
    private static readonly ConditionalWeakTable<ILogger, Dictionary<ErrorCode, long>> Warned = [];

    /// <summary>A line of librdkafka's own log, at its level.</summary>
    public static void Client(ILogger logger, LogMessage message)
    {
        // Every client gets all properties, and warns of those that are for other kinds of clients. Of a failed connection the error handler hears too.
        var level = message.Facility is "CONFWARN" or "FAIL" ? LogLevel.Debug : (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        ClientLine(logger, level, message.Facility, message.Message);
    }

    [LoggerMessage(EventId = 1, Message = "librdkafka {Facility}: {Text}")]
    private static partial void ClientLine(ILogger logger, LogLevel level, string facility, string text);

    /// <summary>
    /// An error of a client. While a broker is away each client reports dozens a second, and each is the same: of one kind at most one in
    /// <see cref="ErrorInterval"/> is logged as a warning, the others for debugging only.
    /// </summary>
    public static void ClientError(ILogger logger, ErrorCode code, string reason)
    {
        var now = Environment.TickCount64;
        var warned = Warned.GetOrCreateValue(logger);
        lock (warned)
        {
            var isNew = !warned.TryGetValue(code, out var last) || now - last >= (long)ErrorInterval.TotalMilliseconds;
            if (isNew)
                warned[code] = now;
            ClientErrorLine(logger, isNew ? LogLevel.Warning : LogLevel.Debug, code, reason);
        }
    }

    [LoggerMessage(EventId = 2, Message = "Kafka client error {Code}: {Reason}")]
    private static partial void ClientErrorLine(ILogger logger, LogLevel level, ErrorCode code, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error,
        Message = "The Kafka producer failed for good and is replaced; {Appends} appends in flight are begun again by their callers. {Code}: {Reason}")]
    public static partial void ProducerReplaced(ILogger logger, int appends, ErrorCode code, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Group {Group}: {Partitions} partitions of {Topic} assigned")]
    public static partial void Assigned(ILogger logger, string group, int partitions, string topic);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Group {Group}: {Partitions} partitions of {Topic} handed over")]
    public static partial void Revoked(ILogger logger, string group, int partitions, string topic);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning,
        Message = "Group {Group}: {Partitions} partitions of {Topic} were lost to other members; what was in flight is read again there")]
    public static partial void Lost(ILogger logger, string group, int partitions, string topic);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning,
        Message = "Group {Group}: offsets of {Topic} could not be committed, so records may be read again. {Code}: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string group, string topic, ErrorCode code, string reason);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "Reading {Topic} as {Group} is interrupted, and goes on by itself. {Code}: {Reason}")]
    public static partial void ReadInterrupted(ILogger logger, string group, string topic, ErrorCode code, string reason);

    [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "Topic {Topic} created: {Partitions} partitions, replication factor {ReplicationFactor}")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitions, int replicationFactor);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning,
        Message = "Topic {Topic} keeps records for {Setting}={Found}, the contract says {Wanted}. To raise it: {Command}")]
    public static partial void ShortRetention(ILogger logger, string topic, string setting, string found, long wanted, string command);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "Schema of {Subject} registered with id {Id}")]
    public static partial void SchemaRegistered(ILogger logger, string subject, int id);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning,
        Message = "The schema registry at {Url} did not take the schema of {Subject}; tried again in {Seconds} s, and nothing waits for it. {Reason}")]
    public static partial void SchemaRegistryAway(ILogger logger, string url, string subject, double seconds, string reason);

    [LoggerMessage(EventId = 13, Level = LogLevel.Warning, Message = "Topic {Topic} was made anew: its id is {TopicId} now")]
    public static partial void TopicMadeAnew(ILogger logger, string topic, Guid topicId);
}
