using Confluent.Kafka;
using CustomEvents.Kafka;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.Kafka;

public class KafkaLogTests
{
    [Test]
    public void Broker_that_is_away_does_not_fill_the_log()
    {
        var logger = new LevelCounter();
        for (var i = 0; i < 1_000; i++)
        {
            KafkaLog.ClientError(logger, ErrorCode.Local_Transport, "Connection refused");
            KafkaLog.Client(logger, new LogMessage("client", SyslogLevel.Error, "FAIL", "Connection refused"));
        }

        KafkaLog.ClientError(logger, ErrorCode.Local_AllBrokersDown, "1/1 brokers are down");
        Assert.That(logger.Warnings, Is.EqualTo(2), "one of each kind");
    }

    [Test]
    public void Each_client_warns_of_its_own_errors()
    {
        LevelCounter one = new(), other = new();
        KafkaLog.ClientError(one, ErrorCode.Local_Authentication, "wrong password");
        KafkaLog.ClientError(other, ErrorCode.Local_Authentication, "wrong password");
        Assert.That((one.Warnings, other.Warnings), Is.EqualTo((1, 1)));
    }

    private sealed class LevelCounter : ILogger
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
                Warnings++;
        }
    }
}
