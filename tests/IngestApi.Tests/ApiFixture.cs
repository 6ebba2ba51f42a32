using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi;

/// <summary>One API for the tables of a fixture, whose rate limit is out of the way.</summary>
public abstract class ApiFixture
{
    protected RunningApi Api { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartApi() => Api = await RunningApi.StartAsync(("RateLimit:Burst", "100000"), ("RateLimit:RequestsPerSecond", "100000"));

    [OneTimeTearDown]
    public async Task StopApi() => await Api.DisposeAsync();

    /// <summary>Sends a request and holds the answer against what every answer must be.</summary>
    protected async Task<RawAnswer> SendAsync(RawRequest request, int status)
    {
        var appendsBefore = Api.Log.Appends.Count;
        var answer = await Api.SendAsync(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(status), answer.ToString());
            Assert.That(answer["X-Request-Id"], Has.Length.InRange(1, 128));
            Assert.That(answer["Server"], Is.Null);
            Assert.That(answer["X-Content-Type-Options"], Is.EqualTo("nosniff"));
            Assert.That(answer["Cache-Control"], Is.EqualTo("no-store"));
            Assert.That(Api.Log.Appends, Has.Count.EqualTo(appendsBefore + (status == 202 ? 1 : 0)), "appends to the log");
            if (status != 202 && request.Method != "HEAD")
                AssertProblem(answer);
        }

        return answer;
    }

    private static void AssertProblem(RawAnswer answer)
    {
        Assert.That(answer["Content-Type"], Is.EqualTo("application/problem+json"));
        var problem = answer.Json;
        Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("about:blank"));
        Assert.That(problem.GetProperty("title").GetString(), Is.Not.Empty);
        Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo(answer.Status));
        Assert.That(problem.GetProperty("detail").GetString(), Is.Not.Empty);
        Assert.That(problem.GetProperty("instance").GetString(), Does.StartWith("/"));
        Assert.That(problem.TryGetProperty("errors", out _), Is.EqualTo(answer.Status == 400), "only a 400 has errors");
    }
}
