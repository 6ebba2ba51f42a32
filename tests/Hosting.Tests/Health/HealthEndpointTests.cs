using System.Net;
using System.Text.Json;
using CustomEvents.Hosting;
using CustomEvents.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Hosting.Health;

public class HealthEndpointTests
{
    [TestCase(null, null, 200)]
    [TestCase("the brokers do not answer", null, 503)]
    [TestCase(null, "a lane stands still", 503)]
    [TestCase("the brokers do not answer", "a lane stands still", 503)]
    public async Task Ready_is_200_only_where_nothing_has_a_problem(string? dependencyProblem, string? stageProblem, int status)
    {
        var dependency = new FakeDependency("kafka") { Failure = dependencyProblem is null ? null : new InfrastructureException(dependencyProblem) };
        await using var app = await StartAsync(dependency, new FakePart(stageProblem));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await Until.TrueAsync(() => dependency.Attempts > 0, () => $"{dependency.Attempts} attempts");

        var (lastStatus, lastBody) = await ReadyAsync(client);
        Assert.That((int)lastStatus, Is.EqualTo(status), lastBody);
        using var json = JsonDocument.Parse(lastBody);
        Assert.That(json.RootElement.GetProperty("status").GetString(), Is.EqualTo(status == 200 ? "ready" : "not ready"));
        var problems = json.RootElement.GetProperty("sources").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("problem").GetString());
        Assert.That(problems, Is.EqualTo(new Dictionary<string, string?> { ["kafka"] = dependencyProblem, ["normalizer"] = stageProblem }));

        using var live = await client.GetAsync("/healthz/live");
        Assert.That(live.StatusCode, Is.EqualTo(HttpStatusCode.OK), "a process that serves is alive, whatever is away");
    }

    [Test]
    public async Task What_the_service_can_work_without_makes_it_degraded_and_not_unready()
    {
        var dependency = new FakeDependency("kafka");
        await using var app = await StartAsync(dependency, new FakePart("is away", isRequired: false));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var (status, body) = await ReadyAsync(client);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(body, Does.Contain("\"status\":\"degraded\"").And.Contain("is away"));
    }

    [Test]
    public async Task Metrics_stand_at_metrics()
    {
        await using var app = await StartAsync(new FakeDependency("kafka"), new FakePart(null));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.That(await client.GetStringAsync("/metrics"), Does.Contain("dotnet_"));
    }

    /// <summary>What is answered once the dependency was looked at.</summary>
    private static async Task<(HttpStatusCode Status, string Body)> ReadyAsync(HttpClient client)
    {
        var last = default((HttpStatusCode Status, string Body));
        for (var i = 0; i < 500; i++)
        {
            using var answer = await client.GetAsync("/healthz/ready");
            last = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            if (!last.Body.Contains("not prepared yet", StringComparison.Ordinal))
                break;
            await Task.Delay(10);
        }

        return last;
    }

    private static async Task<WebApplication> StartAsync(IDependency dependency, IReadinessSource part)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults("test");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(dependency);
        builder.Services.AddSingleton(part);
        var app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync();
        return app;
    }

    private sealed class FakePart(string? problem, bool isRequired = true) : IReadinessSource
    {
        public bool IsRequired => isRequired;

        public string Name => "normalizer";

        public string? Problem => problem;
    }
}
