using Confluent.Kafka;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Kafka.Reading;

/// <summary>Opens members of groups.</summary>
internal sealed class KafkaLogReaderFactory(ClientSettings settings, TimeProvider time, ILogger<KafkaLogReader> logger) : ILogReaderFactory
{
    public ILogReader Open(string group, string topic, IAssignmentListener listener)
    {
        try
        {
            return new KafkaLogReader(settings.GroupMember(group), group, topic, listener, time, logger);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            throw new LogReadException($"No Kafka consumer could be opened for {topic} as {group}: {e.Message}", isFatal: true, e);
        }
    }
}
