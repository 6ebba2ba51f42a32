using CustomEvents.Kafka;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.Kafka;

/// <summary>The adapter as a service gets it, wired by its own extension.</summary>
internal static class KafkaLogs
{
    public static ServiceProvider Wire(string bootstrapServers, KafkaDelivery delivery, params (string Setting, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["Kafka:BootstrapServers"] = bootstrapServers };
        foreach (var (setting, value) in settings)
            values[setting] = value;
        var services = new ServiceCollection();
        services.AddLogging(static logging => logging.AddProvider(new TestOutput()));
        services.AddKafkaLog(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), delivery);
        return services.BuildServiceProvider();
    }

    public static LogUnderTest Open(string bootstrapServers, string topic, int partitions, Func<Task> deleteTopic, params (string Setting, string Value)[] settings)
    {
        var services = Wire(bootstrapServers, KafkaDelivery.RepeatsForEver, settings);
        return new LogUnderTest(
            services.GetRequiredService<ILogWriter>(), services.GetRequiredService<ILogReaderFactory>(), services.GetRequiredService<ILogInspector>(),
            topic, partitions, async () =>
            {
                await services.DisposeAsync();
                await deleteTopic();
            });
    }

    public static string NewName() => $"test-{Guid.NewGuid():N}";

    /// <summary>Warnings and worse, beside the test that caused them.</summary>
    private sealed class TestOutput : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                TestContext.Progress.WriteLine($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
