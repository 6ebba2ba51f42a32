using CustomEvents.Tests.IngestApi.Support;
using Microsoft.Extensions.Options;

namespace CustomEvents.Tests.IngestApi;

public sealed class OptionsTests
{
    [TestCase("Ingest:MaxBytesInFlight", "1000", "Ingest__MaxBytesInFlight is 1000")]
    [TestCase("Ingest:KeyFreshFor", "00:00:05", "Ingest__KeyFreshFor is 00:00:05")]
    [TestCase("Ingest:KeyFreshFor", "00:00:00", "Ingest__KeyFreshFor is 00:00:00")]
    [TestCase("Ingest:MaxConnections", "0", "Ingest__MaxConnections is 0")]
    [TestCase("RateLimit:RequestsPerSecond", "0", "RateLimit__RequestsPerSecond is 0")]
    [TestCase("RateLimit:Burst", "-1", "RateLimit__Burst is -1")]
    public async Task A_setting_that_cannot_work_stops_the_start_with_its_name_value_and_remedy(string name, string value, string message)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApi.StartAsync((name, value)));
        Assert.That(refused!.Message, Does.StartWith(message).And.Contain("set it to"));
    }
}
