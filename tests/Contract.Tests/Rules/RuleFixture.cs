using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using NUnit.Framework.Interfaces;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>Cases of the contract on one deployment. The fixture has a store of its own; customers and <c>uniqueId</c>s are the case's own.</summary>
public abstract class RuleFixture(DeploymentSource source)
{
    /// <summary>The running pipeline.</summary>
    protected Deployment Pipeline { get; private set; } = null!;

    /// <summary>The fixture's store.</summary>
    protected TestStore Store { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task UsePipeline()
    {
        Pipeline = await source.GetAsync();
        try
        {
            Store = await Pipeline.CreateStoreAsync();
            await PrepareAsync();
        }
        catch
        {
            await TestContext.Progress.WriteLineAsync(Pipeline.Logs);
            throw;
        }
    }

    [TearDown]
    public async Task ShowLogs()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed)
            await TestContext.Out.WriteLineAsync(Pipeline.Logs);
    }

    /// <summary>What all cases of the fixture look at, sent once.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;
}
