using CustomEvents.IngestApi.RateLimiting;

namespace CustomEvents.Tests.IngestApi.RateLimiting;

public sealed class RedisConfigurationTests
{
    [TestCase("cache.internal", "cache.internal:6379 user= password= ssl=False database=")]
    [TestCase("10.0.0.7:6380", "10.0.0.7:6380 user= password= ssl=False database=")]
    [TestCase("a:1,b:2,password=p@ss,ssl=true,defaultDatabase=3", "a:1 b:2 user= password=p@ss ssl=True database=3")]
    [TestCase("redis://127.0.0.1", "127.0.0.1:6379 user= password= ssl=False database=")]
    [TestCase("redis://:p%2Css%40@cache:6380/2", "cache:6380 user= password=p,ss@ ssl=False database=2")]
    [TestCase("rediss://me:secret@cache.internal:6380", "cache.internal:6380 user=me password=secret ssl=True database=")]
    [TestCase("redis://[::1]:6380/", "::1:6380 user= password= ssl=False database=")]
    public void Both_forms_are_read(string text, string expected)
    {
        var options = RedisConfiguration.TryParse(text)!;
        var ends = options.EndPoints.Select(end => end switch
        {
            System.Net.IPEndPoint ip => $"{ip.Address}:{(ip.Port == 0 ? 6379 : ip.Port)}",
            System.Net.DnsEndPoint dns => $"{dns.Host}:{(dns.Port == 0 ? 6379 : dns.Port)}",
            _ => end.ToString(),
        });
        Assert.That($"{string.Join(' ', ends)} user={options.User} password={options.Password} ssl={options.Ssl} database={options.DefaultDatabase}", Is.EqualTo(expected));
        Assert.That((options.AbortOnConnectFail, options.BacklogPolicy.QueueWhileDisconnected), Is.EqualTo((false, false)));
    }

    [TestCase("redis://")]
    [TestCase("http://cache:6379")]
    [TestCase("redis://cache:port")]
    [TestCase("redis://cache/first")]
    [TestCase("redis://:topsecret@cache/first")]
    [TestCase("redis://cache?password=topsecret")]
    [TestCase("redis://me:top@secret@cache/x")]
    [TestCase("cache:6379,pasword=topsecret")]
    [TestCase("cache:6379,password=top,secret,ssl=perhaps")]
    [TestCase("cache:99999")]
    [TestCase("ssl=true")]
    [TestCase("not a host")]
    [TestCase("me:topsecret@cache:6379")]
    public void What_names_no_server_is_refused_without_telling_a_secret(string text)
    {
        var result = new RedisOptionsValidation().Validate(null, new RedisOptions { Configuration = text });
        Assert.That(result.FailureMessage, Does.StartWith("Redis__Configuration (or REDIS_URL) is '").And.Contain("set it to").And.Not.Contain("secret"));
    }

    [TestCase(0)]
    [TestCase(1001)]
    public void The_time_that_is_waited_has_bounds(int milliseconds)
    {
        var options = new RedisOptions { Configuration = "cache", Timeout = TimeSpan.FromMilliseconds(milliseconds) };
        Assert.That(new RedisOptionsValidation().Validate(null, options).FailureMessage, Does.StartWith("Redis__Timeout is ").And.Contain("set it to"));
    }
}
