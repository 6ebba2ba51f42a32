using System.Net.Sockets;
using CustomEvents.Gateway;
using CustomEvents.Hosting;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

// The instances of the API behind one port, for the compose file: every request goes on as it came, to one of the addresses that a name stands for.
return await Service.RunAsync(
    "gateway",
    args,
    static builder =>
    {
        // Two lines for each request otherwise.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Warning);
        // The API has limits of its own, and answers what the contract says; a second set here would answer something else.
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        builder.Services.AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "ingest-api", Match = new() { Path = "{**path}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "ingest-api",
                        LoadBalancingPolicy = "PowerOfTwoChoices",
                        Destinations = new Dictionary<string, DestinationConfig>
                        {
                            ["all"] = new() { Address = builder.Configuration["Gateway:Destination"] ?? "http://ingest-api:8080" },
                        },
                        HealthCheck = new()
                        {
                            // One that is not ready gets nothing while another is; where none is, each answers for itself what is wrong.
                            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
                            Active = new() { Enabled = true, Path = "/healthz/ready", Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(2) },
                            Passive = new() { Enabled = true, ReactivationPeriod = TimeSpan.FromSeconds(5) },
                        },
                    },
                ])
            .AddDnsDestinationResolver(static dns =>
            {
                dns.AddressFamily = AddressFamily.InterNetwork;
                dns.RefreshPeriod = TimeSpan.FromSeconds(2);
            });
    },
    static app =>
    {
        app.UseMiddleware<UnreachableAnswer>();
        app.MapReverseProxy();
    });
