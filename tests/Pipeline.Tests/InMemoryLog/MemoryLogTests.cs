using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.InMemoryLog;

/// <summary>The log that the tests run on keeps the promises of the real ones.</summary>
public sealed class MemoryLogTests : HandOverLogSuite
{
    protected override Task<LogUnderTest> OpenAsync()
    {
        var log = new MemoryLog(4);
        return Task.FromResult(new LogUnderTest(log, log, log, "topic", 4, () => ValueTask.CompletedTask));
    }
}
