using CustomEvents.Tests.Contract.Deployments;

namespace CustomEvents.Tests.Contract;

/// <summary>Ends what the fixtures started, after the last of them.</summary>
[SetUpFixture]
public sealed class StopDeployments
{
    [OneTimeTearDown]
    public async Task Stop() => await AllDeployments.StopAsync();
}
