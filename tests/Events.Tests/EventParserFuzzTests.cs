using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CustomEvents.Events;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events;

/// <summary>
/// Events broken at random for five seconds. Nothing may throw or hang; broken JSON is what the framework's own reader
/// calls broken; what is accepted comes back from its normalized record. FUZZ_SEED repeats a run.
/// </summary>
public class EventParserFuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HangsAfter = TimeSpan.FromMinutes(1);

    private static readonly string[] Seeds =
    [
        Guide,
        With(""),
        WithData(""" "n":[1.5,-0,1e400,{"a":[[],{}]}],"é\ud83d\ude00":"\u0000","d":"2026-04-02t12:00:00.123456+23:59","$extra":{"":{"":null}} """),
        WithCustomer(""" "customFields":{"a":1,"b":"x","c":true,"d":null,"$set":12345678901234567890},"location":{"latitude":90,"countryCode":"de"} """),
    ];

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "0", "-0", "1e999", "1e-999", "\\u0000", "\\ud800", "\\udc00", "\"\":", "\"$extra\":{}",
        "\"eventName\":\"x\"", "\"data\":{", "\"customer\":{", "\"2026-04-02T12:00:00Z\"", "1234567890123456789012345678901234567890", "\uFEFF", "\u0085", "😀", " ", "\n",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\"a\":1,\"a\":1",
    ];

    [Test]
    public async Task Mutated_events_never_break_the_parser()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out var given) ? given : Random.Shared.Next();
        var accepted = 0;
        var run = Task.Run(() => accepted = Fuzz(seed));
        try
        {
            await run.WaitAsync(Duration + HangsAfter);
        }
        catch (Exception failure)
        {
            throw new AssertionException($"With FUZZ_SEED={seed}: {failure.Message}", failure);
        }
        Assert.That(accepted, Is.GreaterThan(0), $"No event was accepted with FUZZ_SEED={seed}: the mutations are too rough to test anything.");
    }

    private static int Fuzz(int seed)
    {
        var random = new Random(seed);
        var parser = new EventParser();
        var errors = new List<EventError>();
        var accepted = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            var json = Mutate(random);
            errors.Clear();
            try
            {
                var read = parser.Parse(json, errors);
                Check(json, read, errors);
                BulkEnvelope.TryRead(json, [], []);
                NormalizedEvent.TryRead(json, out _, out _);
                if (read is not null)
                    accepted++;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{failure.GetType().Name} for {Convert.ToBase64String(json)}: {failure.Message}", failure);
            }
        }
        return accepted;
    }

    private static void Check(byte[] json, CustomEvent? read, List<EventError> errors)
    {
        if (read is null == (errors.Count == 0) || errors.Count > Limits.MaxErrors)
            throw new InvalidOperationException($"{errors.Count} errors, event {read is not null}.");
        foreach (var error in errors)
        {
            if (error.Pointer.Length > 0 && error.Pointer[0] != '/')
                throw new InvalidOperationException($"The pointer {error.Pointer} is none.");
        }
        var isBroken = errors.Exists(error => error.Code == ErrorCode.InvalidJson);
        if (Utf8.IsValid(json) && isBroken == IsJson(json))
            throw new InvalidOperationException(isBroken ? "JSON was called broken." : "Broken JSON was taken.");
        if (read is null)
            return;
        var record = Write(Normalize(read));
        if (!NormalizedEvent.TryRead(record, out var again, out var problem) || Dump(again.Event) != Dump(read))
            throw new InvalidOperationException("It does not come back: " + problem);
        if (record.Length > json.Length + (64 * 1024))
            throw new InvalidOperationException("The record is too large.");
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            var text = json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsMemory(3) : json;
            JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 10_000 }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Mutate(Random random)
    {
        var json = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]).ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(json.Count + 1);
            var length = Math.Min(random.Next(1, 16), json.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < json.Count:
                    json[at] = (byte)random.Next(256);
                    break;
                case 1:
                    json.RemoveRange(at, length);
                    break;
                case 2:
                    json.InsertRange(random.Next(json.Count + 1), json.GetRange(at, length));
                    break;
                case 3:
                    json.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 4 when at < json.Count:
                    json[at] = (byte)random.Next(0x20, 0x7F);
                    break;
                case 5 when at < json.Count:
                    json[at] = (byte)(json[at] ^ (1 << random.Next(8)));
                    break;
            }
        }
        return [.. json];
    }
}
