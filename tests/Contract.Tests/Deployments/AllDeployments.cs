namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>The deployments that the suite runs on. Another one is another line here.</summary>
public static class AllDeployments
{
    /// <summary>The three services on Kafka and MongoDB.</summary>
    public static DeploymentSource OnServers { get; } = new("on servers", ServersDeployment.StartAsync);

    /// <summary>One process on a data folder.</summary>
    public static DeploymentSource Embedded { get; } = new("embedded", EmbeddedDeployment.StartAsync);

    /// <summary>All of them.</summary>
    public static IEnumerable<DeploymentSource> All => [OnServers, Embedded];

    /// <summary>Those whose log takes direct producers, and whose collections may be read.</summary>
    public static IEnumerable<DeploymentSource> WithServers => [OnServers];

    /// <summary>Ends those that were started.</summary>
    public static async Task StopAsync()
    {
        foreach (var source in All)
            await source.StopAsync();
    }
}
