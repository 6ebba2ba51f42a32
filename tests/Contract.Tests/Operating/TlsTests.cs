using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;

namespace CustomEvents.Tests.Contract.Operating;

/// <summary>The real program behind a certificate that was made for the test, as docs/tls.md says to set it up.</summary>
public sealed class TlsTests
{
    private const string Event = """{"eventName":"Over TLS","customer":{"email":"tls@example.com"}}""";

    private string _directory = null!;
    private X509Certificate2 _certificate = null!;
    private EmbeddedDeployment _pipeline = null!;
    private TestStore _store = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _directory = Directory.CreateTempSubdirectory("tls-").FullName;
        var (certificate, key) = (Path.Combine(_directory, "tls.crt"), Path.Combine(_directory, "tls.key"));
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(130));
        await File.WriteAllTextAsync(certificate, _certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, rsa.ExportPkcs8PrivateKeyPem());
        _pipeline = await EmbeddedDeployment.StartOwnAsync(
            ("Kestrel__Endpoints__Http__Url", "http://127.0.0.1:0"),
            ("Kestrel__Endpoints__Https__Url", "https://127.0.0.1:0"),
            ("Kestrel__Endpoints__Https__Certificate__Path", certificate),
            ("Kestrel__Endpoints__Https__Certificate__KeyPath", key));
        _store = await _pipeline.CreateStoreAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Events_are_taken_over_TLS(string version)
    {
        using var client = Client(version);
        using var answer = await PostAsync(client, Event);
        Assert.That((answer.StatusCode, answer.Version.ToString()), Is.EqualTo((HttpStatusCode.Accepted, version)));
    }

    [Test]
    public async Task A_client_that_does_not_trust_the_certificate_is_not_served()
    {
        using var client = new HttpClient { BaseAddress = _pipeline.SecureApi };
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client, Event));
        Assert.That(refused!.InnerException, Is.InstanceOf<AuthenticationException>());
    }

    [Test]
    public async Task A_client_that_speaks_no_TLS_is_not_served()
    {
        using var client = new HttpClient { BaseAddress = new UriBuilder(_pipeline.SecureApi) { Scheme = "http" }.Uri };
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client, Event));
    }

    [Test]
    public async Task Over_HTTP_2_the_limits_are_the_same_and_the_connection_lives_on()
    {
        using var client = Client("2.0");
        var chunked = new StreamContent(new MemoryStream(new byte[(5 * 1024 * 1024) + 1]));
        chunked.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var tooLarge = await PostAsync(client, chunked);
        using var unknown = await PostAsync(client, new StringContent(Event, Encoding.UTF8, "application/json"), "nobody-has-this");
        using var media = await PostAsync(client, new StringContent(Event));
        using var good = await PostAsync(client, Event);
        Assert.That(
            new[] { tooLarge, unknown, media, good }.Select(answer => ((int)answer.StatusCode, answer.Version.Major)),
            Is.EqualTo(new[] { (413, 2), (401, 2), (415, 2), (202, 2) }));
        Assert.That(tooLarge.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task Over_HTTP_2_headers_have_bounds()
    {
        using var client = Client("2.0");
        using var request = Request(new StringContent(Event, Encoding.UTF8, "application/json"), _store.Key);
        request.Headers.Add("X-Big", new string('a', 40_000));
        HttpStatusCode? status = null;
        try
        {
            using var answer = await client.SendAsync(request);
            status = answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The server may end the connection instead.
        }

        Assert.That(status, Is.Null.Or.EqualTo(HttpStatusCode.RequestHeaderFieldsTooLarge));
        using var fresh = Client("2.0");
        using var good = await PostAsync(fresh, Event);
        Assert.That(good.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
    }

    private HttpClient Client(string version) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    {
        BaseAddress = _pipeline.SecureApi,
        DefaultRequestVersion = new Version(version),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private Task<HttpResponseMessage> PostAsync(HttpClient client, string body) => PostAsync(client, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<HttpResponseMessage> PostAsync(HttpClient client, HttpContent body, string? key = null)
    {
        using var request = Request(body, key ?? _store.Key);
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        return await client.SendAsync(request);
    }

    private HttpRequestMessage Request(HttpContent body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/stores/{_store.Id}/events") { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}
