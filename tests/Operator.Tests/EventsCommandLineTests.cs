using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Operator;

public class EventsCommandLineTests
{
    private static readonly DateTime Noon = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);

    private readonly EventsRun _events = new();

    [OneTimeTearDown]
    public void Remove() => _events.Dispose();

    [TestCase("")]
    [TestCase("nonsense")]
    [TestCase("stores create bad/id")]
    [TestCase("keys create")]
    [TestCase("keys create --store s1 --expires-at tomorrow")]
    [TestCase("keys create --store s1 --expires-at 2020-01-01T00:00:00Z")]
    [TestCase("trace --store s1")]
    [TestCase("trace --store s1 --event-id 12")]
    [TestCase("trace --store s1 --event-id 0197a9a0-0000-7000-8000-000000000000 --unique-id u")]
    [TestCase("customers show --store s1")]
    [TestCase("customers show --store s1 --id 12")]
    [TestCase("segments query --store s1 --event E --key K --op like --value 1")]
    [TestCase("segments query --store s1 --event E --key K --op eq")]
    [TestCase("segments query --store s1 --event E --key K --op exists --value 1")]
    [TestCase("segments query --store s1 --event E --key K --op eq --value x --type number")]
    [TestCase("rejections list --code nonsense")]
    [TestCase("rejections replay some-id --store s1")]
    [TestCase("rejections replay --wait -1")]
    public async Task Wrong_usage_ends_with_2_and_says_something_on_stderr_alone(string line)
    {
        Assert.That(await _events.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Is.EqualTo(2));
        Assert.That(_events.Out, Is.Empty);
        Assert.That(_events.Error, Is.Not.Empty);
    }

    [TestCase("keys create --store nowhere", "There is no store 'nowhere'. Create it first: events stores create nowhere")]
    [TestCase("keys list --store nowhere", "There is no store 'nowhere'")]
    [TestCase("keys revoke nokey", "There is no key 'nokey'")]
    [TestCase("customers show --store nowhere --email a@b.example", "has no customer with this e-mail address")]
    [TestCase("customers erase --store nowhere --phone +4912345", "has no customer with this phone number")]
    [TestCase("rejections show none", "There is no rejection 'none'")]
    public async Task What_is_not_there_ends_with_1_and_says_what_to_do(string line, string expected)
    {
        Assert.That(await _events.RunAsync(line.Split(' ')), Is.EqualTo(1));
        Assert.That(_events.Out, Is.Empty);
        Assert.That(_events.Error, Does.Contain(expected));
    }

    [Test]
    public async Task A_store_is_made_once_and_listed()
    {
        Assert.That((await _events.JsonAsync("stores", "create", "shop")).GetProperty("storeId").GetString(), Is.EqualTo("shop"));
        Assert.That(await _events.RunAsync("stores", "create", "shop"), Is.EqualTo(1));
        Assert.That(_events.Error, Does.Contain("exists already"));
        var stores = (await _events.JsonAsync("stores", "list")).GetProperty("stores").EnumerateArray();
        Assert.That(stores.Select(one => one.GetProperty("storeId").GetString()), Does.Contain("shop"));
    }

    [Test]
    public async Task A_key_stands_alone_on_stdout_and_only_its_hash_is_kept()
    {
        await _events.RunAsync("stores", "create", "keys");
        Assert.That(await _events.RunAsync("keys", "create", "--store", "keys", "--name", "till"), Is.EqualTo(0), _events.Error);
        var key = _events.Out.TrimEnd('\n', '\r');
        Assert.That(key, Does.Match("^ck_[A-Za-z0-9_-]{43}$"));

        ApiKey? kept = null;
        await _events.WithAsync(async services => kept = (await services.GetRequiredService<ITenantStore>()
            .FindKeysAsync([Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))], CancellationToken.None)).SingleOrDefault());
        Assert.That(kept, Is.Not.Null);
        Assert.That(kept!.Scopes, Is.EqualTo(new[] { ApiKey.WriteEvents }));

        var listed = (await _events.JsonAsync("keys", "list", "--store", "keys")).GetProperty("keys")[0];
        Assert.That(listed.GetProperty("name").GetString(), Is.EqualTo("till"));
        Assert.That(_events.Out, Does.Not.Contain(kept.Hash).And.Not.Contain(key));

        var revoked = await _events.JsonAsync("keys", "revoke", kept.KeyId);
        Assert.That(revoked.GetProperty("revokedAt").GetString(), Is.Not.Null);
    }

    [Test]
    public async Task A_segment_nobody_is_in_counts_0()
    {
        var answer = await _events.JsonAsync("segments", "query", "--store", "s1", "--event", "E", "--key", "K", "--op", "gte", "--value", "5");
        Assert.That(answer.GetProperty("count").GetInt64(), Is.Zero);
        Assert.That(answer.GetProperty("customers").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Trace_says_not_seen_and_how_far_it_looked()
    {
        var answer = await _events.JsonAsync("trace", "--store", "s1", "--unique-id", "nobody", "--since", "2026-04-02T12:00:00Z");
        Assert.That(answer.GetProperty("status").GetString(), Is.EqualTo("not_seen"));
        Assert.That(answer.GetProperty("eventId").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(answer.GetProperty("searched")[0].GetProperty("since").GetString(), Is.EqualTo("2026-04-02T12:00:00.000Z"));
    }

    [Test]
    public async Task Trace_names_the_partitions_that_it_looked_through_the_store_s_own_first()
    {
        await _events.AppendAsync(Raw("looked", Guid.CreateVersion7(), "u-1"));
        var searched = (await _events.JsonAsync("trace", "--store", "looked", "--unique-id", "nobody")).GetProperty("searched").EnumerateArray()
            .Select(static one => one.GetProperty("partitions").EnumerateArray().Select(static partition => partition.GetInt32()).ToArray()).ToList();
        var own = Murmur2.Partition("looked"u8, searched.Sum(static one => one.Length));
        Assert.That(searched[0], Is.EqualTo(new[] { own }));
        Assert.That(searched[1], Is.EqualTo(Enumerable.Range(0, searched[1].Length + 1).Except([own])).And.Not.Empty);
    }

    [Test]
    public async Task Trace_finds_an_event_in_the_log_by_its_id_and_by_its_uniqueId_and_one_whose_uniqueId_is_taken_as_a_duplicate()
    {
        var id = Guid.CreateVersion7();
        var second = Guid.CreateVersion7();
        await _events.AppendAsync(Raw("traced", id, "u-1"), Raw("traced", second, "u-1"));
        foreach (var by in new[] { new[] { "--event-id", id.ToString() }, ["--unique-id", "u-1"] })
        {
            var answer = await _events.JsonAsync(["trace", "--store", "traced", .. by]);
            Assert.That(answer.GetProperty("status").GetString(), Is.EqualTo("in_log"), by[0]);
            Assert.That(answer.GetProperty("eventId").GetGuid(), Is.EqualTo(id), by[0]);
        }

        await _events.WithAsync(services => services.GetRequiredService<IClaimStore>().ClaimAsync([new Claim("traced", "u-1", id)], CancellationToken.None));
        var duplicate = await _events.JsonAsync("trace", "--store", "traced", "--event-id", second.ToString());
        Assert.That(duplicate.GetProperty("status").GetString(), Is.EqualTo("duplicate"));
        Assert.That(duplicate.GetProperty("duplicateOf").GetGuid(), Is.EqualTo(id));
    }

    [Test]
    public async Task A_rejection_is_listed_traced_shown_and_replayed_once_with_its_own_id_and_time()
    {
        var rejection = Rejected("r-1", "replayed", """{"uniqueId":"bad-1"}""");
        await _events.AddRejectionAsync(rejection);

        var listed = (await _events.JsonAsync("rejections", "list", "--store", "replayed", "--code", "required")).GetProperty("rejections")[0];
        Assert.That(listed.EnumerateObject().Select(one => one.Name), Is.SupersetOf(
            new[] { "id", "storeId", "eventId", "stage", "code", "detail", "pointer", "rejectedAt", "source" }));
        var trace = await _events.JsonAsync("trace", "--store", "replayed", "--event-id", rejection.EventId.ToString());
        Assert.That(trace.GetProperty("status").GetString(), Is.EqualTo("rejected"));
        Assert.That((await _events.JsonAsync("rejections", "show", "r-1")).GetProperty("payload").GetString(), Is.EqualTo("""{"uniqueId":"bad-1"}"""));

        Assert.That((await _events.JsonAsync("rejections", "replay", "--store", "replayed", "--dry-run")).GetProperty("replayed").GetInt32(), Is.EqualTo(1));
        Assert.That(await _events.RawAsync("replayed"), Is.Empty, "a dry run sends nothing");
        Assert.That((await _events.JsonAsync("rejections", "replay", "--store", "replayed", "--wait", "0")).GetProperty("replayed").GetInt32(), Is.EqualTo(1));
        Assert.That((await _events.JsonAsync("rejections", "replay", "--store", "replayed")).GetProperty("replayed").GetInt32(), Is.Zero, "safe to repeat");

        var record = (await _events.RawAsync("replayed")).Single();
        Assert.That(Encoding.UTF8.GetString(record.Value!.Value.Span), Is.EqualTo("""{"uniqueId":"bad-1"}"""));
        Assert.That(Header(record, HeaderNames.EventId), Is.EqualTo(rejection.EventId.ToString("D")));
        Assert.That(Header(record, HeaderNames.ReceivedAt), Is.EqualTo("2026-04-02T11:59:00Z"));
        Assert.That(Header(record, HeaderNames.ReplayOf), Is.EqualTo("r-1"));
        Assert.That(record.Header(HeaderNames.RejectionCode), Is.Null);
    }

    [Test]
    public async Task A_replay_of_which_nothing_becomes_ends_with_1_and_says_so()
    {
        await _events.AddRejectionAsync(Rejected("r-stopped", "stopped", "{}"));
        Assert.That(await _events.RunAsync("rejections", "replay", "r-stopped", "--wait", "1", "--json"), Is.EqualTo(1));
        Assert.That(_events.Error, Does.Contain("Does the pipeline run?"));
        using var answer = JsonDocument.Parse(_events.Out);
        Assert.That((answer.RootElement.GetProperty("replayed").GetInt32(), answer.RootElement.GetProperty("notKnown").GetInt32()), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_payload_is_shown_without_what_would_command_a_terminal_and_its_bytes_are_to_be_had_on_demand()
    {
        byte[] payload = [.. "{\"a\":\"\u001b]0;x\u0007\u202e\"}\n"u8, 0xFF, 0x00];
        await _events.AddRejectionAsync(Rejected("r-escape", "escaped", "") with { Payload = payload });
        Assert.That(await _events.RunAsync("rejections", "show", "r-escape"), Is.Zero);
        Assert.That(_events.Out, Does.Contain("\\u001b]0;x\\u0007\\u202e").And.Not.Contain("\u001b").And.Not.Contain("\u0007").And.Not.Contain("\u202e"));
        Assert.That(_events.Error, Does.Contain("--payload-only FILE"));

        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"payload-{Guid.NewGuid():N}");
        Assert.That(await _events.RunAsync("rejections", "show", "r-escape", "--payload-only", file), Is.Zero);
        Assert.That(await File.ReadAllBytesAsync(file), Is.EqualTo(payload));
        File.Delete(file);
    }

    [Test]
    public async Task Trace_finds_a_refused_event_by_its_uniqueId()
    {
        await _events.AddRejectionAsync(Rejected("r-traced", "traced-refused", """{"uniqueId":"bad-2"}"""));
        var trace = await _events.JsonAsync("trace", "--store", "traced-refused", "--unique-id", "bad-2", "--since", "2026-04-01T00:00:00Z");
        Assert.That(trace.GetProperty("status").GetString(), Is.EqualTo("rejected"));
    }

    [Test]
    public async Task A_rejection_whose_payload_was_cut_is_not_replayed()
    {
        await _events.AddRejectionAsync(Rejected("r-cut", "cut", "{", new RecordHeader(HeaderNames.PayloadTruncated, "true"u8.ToArray())));
        var answer = await _events.JsonAsync("rejections", "replay", "--store", "cut");
        Assert.That(answer.GetProperty("skipped")[0].GetProperty("reason").GetString(), Does.Contain("cut"));
        Assert.That(await _events.RawAsync("cut"), Is.Empty);

        Assert.That(await _events.RunAsync("rejections", "replay", "r-cut", "no-such-id"), Is.EqualTo(1), "it was named, and is not done");
        Assert.That(_events.Error, Does.Contain("r-cut is left out: its payload was cut").And.Contain("no-such-id is left out").And.Contain("None of those that were named"));
    }

    [Test]
    public async Task Status_names_every_stage_with_its_lag()
    {
        var stages = (await _events.JsonAsync("status")).GetProperty("stages").EnumerateArray().ToList();
        Assert.That(stages.Select(one => one.GetProperty("stage").GetString()), Is.EqualTo(new[] { "normalizer", "persister", "rejections" }));
        Assert.That(stages.All(one => one.TryGetProperty("lagRecords", out _) && one.TryGetProperty("lagSeconds", out _)), Is.True);
    }

    [Test]
    public async Task Status_tells_whether_a_pipeline_works_in_the_folder()
    {
        using var events = new EventsRun();
        Assert.That(Problems(await events.JsonAsync("status")), Has.Some.StartsWith("normalizer is stopped"));
        await events.WithPipelineAsync(async () =>
        {
            var status = await events.JsonAsync("status");
            Assert.That(Problems(status), Is.Empty);
            Assert.That(status.GetProperty("stages").EnumerateArray().Select(one => one.GetProperty("instances").GetInt32()), Is.All.EqualTo(1));
        });

        static IEnumerable<string?> Problems(JsonElement status) => status.GetProperty("problems").EnumerateArray().Select(one => one.GetString());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_watch_looks_again_and_again_and_ends_with_0_on_Ctrl_C(bool json)
    {
        using var events = new EventsRun();
        using var end = new CancellationTokenSource();
        end.CancelAfter(TimeSpan.FromSeconds(3));
        Assert.That(await events.RunAsync(["status", "--watch", .. json ? new[] { "--json" } : []], end.Token), Is.Zero, events.Error);
        Assert.That(events.Error, Is.Empty);
        if (json)
        {
            var lines = events.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines, Has.Length.GreaterThan(0));
            foreach (var line in lines)
                JsonDocument.Parse(line).Dispose();
        }
        else
        {
            Assert.That(events.Out, Does.Contain("normalizer").And.Not.Contain("\u001b"), "what is no terminal gets plain text");
        }
    }

    private static string? Header(LogRecord record, string name) => record.Header(name) is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    private static OutgoingRecord Raw(string store, Guid id, string uniqueId) => new(
        "events.raw",
        Encoding.UTF8.GetBytes(store),
        Encoding.UTF8.GetBytes($$"""{"eventName":"e","customer":{"email":"a@b.example"},"uniqueId":"{{uniqueId}}"}"""),
        [new RecordHeader(HeaderNames.EventId, Encoding.UTF8.GetBytes(id.ToString("D")))]);

    private static Rejection Rejected(string id, string store, string payload, params RecordHeader[] more) => new(
        id, store, "normalizer", ErrorCode.Required, "eventName is required", "/eventName", Noon, Guid.CreateVersion7(), "events.raw", 3, 17,
        [
            new RecordHeader(HeaderNames.ReceivedAt, "2026-04-02T11:59:00Z"u8.ToArray()),
            new RecordHeader(HeaderNames.RejectionCode, "required"u8.ToArray()),
            .. more,
        ],
        Encoding.UTF8.GetBytes(payload));
}
