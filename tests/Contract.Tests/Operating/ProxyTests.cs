using System.Net;
using System.Text;
using CustomEvents.Tests.Contract.Deployments;

namespace CustomEvents.Tests.Contract.Operating;

/// <summary>Behind a proxy the limit on failed authentications counts by the client and not by the proxy, where docs/tls.md's setting says so.</summary>
public sealed class ProxyTests
{
    private const int MostFailures = 300;

    [TestCase(true, 401)]
    [TestCase(false, 429)]
    public async Task A_client_that_guesses_keys_locks_out_others_only_where_the_proxy_is_not_believed(bool isBelieved, int status)
    {
        await using var pipeline = await EmbeddedDeployment.StartOwnAsync(
            isBelieved ? [("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true")] : []);
        for (var i = 0; i <= MostFailures; i++)
            await GuessAsync(pipeline, "203.0.113.7");
        Assert.That(await GuessAsync(pipeline, "203.0.113.7"), Is.EqualTo(429));
        Assert.That(await GuessAsync(pipeline, "198.51.100.20"), Is.EqualTo(status));
        // What the client itself wrote stands before what the proxy added, and does not count.
        Assert.That(await GuessAsync(pipeline, "198.51.100.20, 203.0.113.7"), Is.EqualTo(429));
    }

    private static async Task<int> GuessAsync(Deployment pipeline, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stores/any/events") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        var answer = await pipeline.SendAsync(request);
        Assert.That(answer.Status, Is.AnyOf(HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests));
        return (int)answer.Status;
    }
}
