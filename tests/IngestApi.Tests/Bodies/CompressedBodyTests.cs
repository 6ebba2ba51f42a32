using System.IO.Compression;
using System.Text;
using CustomEvents.Tests.IngestApi.Support;
using ZstdSharp;

namespace CustomEvents.Tests.IngestApi.Bodies;

public sealed class CompressedBodyTests : ApiFixture
{
    private const int MB = 1024 * 1024;
    private static readonly string[] Codings = ["gzip", "br", "zstd", "deflate"];
    private static readonly byte[] Event = Encoding.UTF8.GetBytes(Samples.Event);

    [TestCase("gzip")]
    [TestCase("GZip")]
    [TestCase("br")]
    [TestCase("zstd")]
    [TestCase("deflate")]
    [TestCase("identity")]
    [TestCase(" gzip , ")]
    public async Task A_compressed_event_is_unpacked(string coding)
    {
        var packed = Pack(coding.Trim(' ', ','), Event);
        await SendAsync(RawRequest.Single().WithBody(packed).With("Content-Encoding: " + coding), 202);
        Assert.That(Api.Log.Records[^1].Text, Is.EqualTo(Samples.Event));
        await SendAsync(RawRequest.Single().WithBody(packed).With("Content-Encoding: " + coding) with { ChunkSize = 7 }, 202);
    }

    [TestCase("compress")]
    [TestCase("x-gzip")]
    [TestCase("lzma")]
    [TestCase("*")]
    [TestCase("gzip;q=1")]
    [TestCase("gzip, gzip")]
    [TestCase("gzip, br")]
    [TestCase("aws-chunked")]
    public async Task Another_coding_or_two_are_refused(string coding)
    {
        var answer = await SendAsync(RawRequest.Single().WithBody(Pack("gzip", Event)).With("Content-Encoding: " + coding), 415);
        Assert.That(answer["Accept-Encoding"], Is.EqualTo("gzip, br, zstd, deflate"));
    }

    [Test]
    public async Task Two_coding_headers_are_two_codings() =>
        await SendAsync(RawRequest.Single().WithBody(Event).With("Content-Encoding: gzip", "Content-Encoding: br"), 415);

    [Test]
    public async Task A_body_that_is_not_what_its_coding_says_is_refused([ValueSource(nameof(Codings))] string coding)
    {
        var packed = Pack(coding, Event);
        var damaged = (byte[])packed.Clone();
        damaged[damaged.Length / 2] ^= 0xFF;
        var cases = new (string What, byte[] Body)[]
        {
            ("nothing", []),
            ("no compression", Event),
            ("cut by one byte", packed[..^1]),
            ("cut by four bytes", packed[..^4]),
            ("cut in the middle", packed[..(packed.Length / 2)]),
            ("its first bytes", packed[..3]),
            ("a byte behind its end", [.. packed, 7]),
            ("a zero behind its end", [.. packed, 0]),
            ("zeros behind its end", [.. packed, .. new byte[32]]),
            ("text behind its end", [.. packed, .. "hello, world"u8]),
            ("its own end again", [.. packed, .. packed[^4..]]),
            ("its check sum again", [.. packed, .. packed[^8..]]),
            ("another coding", Pack(coding == "gzip" ? "deflate" : "gzip", Event)),
        };
        using (Assert.EnterMultipleScope())
        {
            foreach (var (what, body) in cases)
            {
                var answer = await Api.SendAsync(RawRequest.Single().WithBody(body).With("Content-Encoding: " + coding));
                Assert.That(answer.Status, Is.EqualTo(400), what);
                Assert.That(answer.Status == 400 ? answer.Errors : [], Is.EqualTo(["invalid_encoding "]), what);
            }

            // A flipped bit may also leave other, invalid, text behind where the coding has no check sum.
            Assert.That((await Api.SendAsync(RawRequest.Single().WithBody(damaged).With("Content-Encoding: " + coding))).Status, Is.EqualTo(400));
        }
    }

    [Test]
    public async Task Several_members_or_frames_are_one_body_where_the_coding_says_so()
    {
        foreach (var coding in (string[])["gzip", "zstd"])
        {
            byte[] body = [.. Pack(coding, Event.AsSpan(0, 20).ToArray()), .. Pack(coding, Event.AsSpan(20).ToArray()), .. Pack(coding, [])];
            await SendAsync(RawRequest.Single().WithBody(body).With("Content-Encoding: " + coding), 202);
            Assert.That(Api.Log.Records[^1].Text, Is.EqualTo(Samples.Event), coding);
        }

        await SendAsync(RawRequest.Single().WithBody([.. Pack("deflate", Event), .. Pack("deflate", Event)]).With("Content-Encoding: deflate"), 400);
    }

    [Test]
    public async Task Limits_hold_after_unpacking([ValueSource(nameof(Codings))] string coding)
    {
        await SendAsync(RawRequest.Single().WithBody(Pack(coding, Samples.EventOf(5 * MB))).With("Content-Encoding: " + coding), 202);
        await SendAsync(RawRequest.Single().WithBody(Pack(coding, Samples.EventOf((5 * MB) + 1))).With("Content-Encoding: " + coding), 413);
        await SendAsync(RawRequest.BulkOf().WithBody(Pack(coding, Samples.EventOf((20 * MB) + 1))).With("Content-Encoding: " + coding), 413);
    }

    [Test]
    public async Task A_bomb_costs_no_more_than_the_limit([ValueSource(nameof(Codings))] string coding)
    {
        var bomb = Pack(coding, new byte[200 * MB]);
        Assert.That(bomb, Has.Length.LessThan(MB), "else it is refused for its own size");
        var before = GC.GetTotalAllocatedBytes();
        await SendAsync(RawRequest.Single().WithBody(bomb).With("Content-Encoding: " + coding), 413);
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(64 * MB));
    }

    [Test]
    public async Task A_zstd_frame_with_a_window_over_8_MB_is_refused()
    {
        using var compressor = new Compressor(1);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 27);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_contentSizeFlag, 0);
        var output = new MemoryStream();
        using (var stream = new CompressionStream(output, compressor, 0, preserveCompressor: true, leaveOpen: true))
            stream.Write(Event);
        var answer = await SendAsync(RawRequest.Single().WithBody(output.ToArray()).With("Content-Encoding: zstd"), 400);
        Assert.That(answer.Errors, Is.EqualTo(["invalid_encoding "]));
    }

    private static byte[] Pack(string coding, byte[] body)
    {
        if (coding == "identity")
            return body;
        var output = new MemoryStream();
        using (Stream packer = coding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true),
            _ => new CompressionStream(output, 1, 0, leaveOpen: true),
        })
        {
            packer.Write(body);
        }

        // The gzip and zlib streams of .NET write nothing at all for nothing.
        if (output.Length == 0)
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return output.ToArray();
    }
}
