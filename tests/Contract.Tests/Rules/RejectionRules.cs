using System.Net;
using System.Text.Json;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What is refused, with which code and pointer, and that it is recorded: contract sections 5 to 8 and 12. One bulk request carries all cases.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class RejectionRules(DeploymentSource source) : RuleFixture(source)
{
    private const string Who = "\"customer\":{\"email\":\"refused@example.com\"}";

    private static readonly (string Event, string Errors)[] Rows =
    [
        ("[]", "invalid_type"),
        ("7", "invalid_type"),
        ("{}", "/eventName required, /customer required"),
        ("{\"eventName\":null,\"customer\":null}", "/eventName required, /customer required"),
        ("{\"eventName\":7,\"customer\":[]}", "/eventName invalid_type, /customer invalid_type"),
        ("{\"eventName\":\" \\u2003\"," + Who + "}", "/eventName invalid_length"),
        ("{\"eventName\":\"" + new string('n', 256) + "\"," + Who + "}", "/eventName invalid_length"),
        ("{\"eventName\":\"a\\u0001b\"," + Who + "}", "/eventName invalid_format"),
        ("{\"eventName\":\"e\",\"customer\":{}}", "/customer identity_missing"),
        ("{\"eventName\":\"e\",\"customer\":{\"firstName\":\"Ada\",\"email\":null}}", "/customer identity_missing"),
        (With("\"customer\":{\"id\":\"12\"}"), "/customer/id invalid_format"),
        (With("\"customer\":{\"id\":\"5cd6a5bb2cc4fb1e5b7c0dfg\"}"), "/customer/id invalid_format"),
        (With("\"customer\":{\"email\":\"nobody\"}"), "/customer/email invalid_format"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"phoneNumber\":\"15005550006\"}"), "/customer/phoneNumber invalid_format"),
        (With("\"customer\":{\"phoneNumber\":\"+05005550006\"}"), "/customer/phoneNumber invalid_format"),
        (With("\"customer\":{\"phoneNumber\":\"+1234567890123456\"}"), "/customer/phoneNumber invalid_format"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"name\":\"x\"}"), "/customer/name unknown_member"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"Email\":\"x\"}"), "/customer/Email unknown_member"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"firstName\":1}"), "/customer/firstName invalid_type"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"planet\":\"x\"}}"), "/customer/location/planet unknown_member"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"latitude\":90.1}}"), "/customer/location/latitude out_of_range"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"longitude\":-180.5}}"), "/customer/location/longitude out_of_range"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"latitude\":\"1\"}}"), "/customer/location/latitude invalid_type"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"countryCode\":\"GBR\"}}"), "/customer/location/countryCode invalid_format"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"location\":{\"ianaTimeZoneName\":\"Europe/Nowhere\"}}"), "/customer/location/ianaTimeZoneName unknown_time_zone"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"customFields\":{\"a\":{}}}"), "/customer/customFields/a invalid_type"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"customFields\":{\"\":1}}"), "/customer/customFields/ invalid_length"),
        (With("\"customer\":{\"email\":\"a@b.c\",\"customFields\":{\"a/b~c\":1e999}}"), "/customer/customFields/a~1b~0c out_of_range"),
        (With(Who, "\"data\":[]"), "/data invalid_type"),
        (With(Who, "\"data\":{\"\":1}"), "/data/ invalid_length"),
        (With(Who, "\"data\":{\"a\\u0000b\":1}"), "/data/a\0b invalid_format"),
        (With(Who, "\"data\":{\"" + new string('k', 256) + "\":1}"), "/data/" + new string('k', 256) + " invalid_length"),
        (With(Who, "\"data\":{\"n\":1e400}"), "/data/n out_of_range"),
        (With(Who, "\"data\":{\"n\":1e-400}"), "/data/n out_of_range"),
        (With(Who, "\"data\":{\"$extra\":[]}"), "/data/$extra invalid_type"),
        (With(Who, "\"data\":{\"$extra\":{\"n\":[0.12345678901234567890123456789012345]}}"), "/data/$extra/n/0 out_of_range"),
        (With(Who, "\"data\":{" + string.Join(',', Enumerable.Range(0, 401).Select(static n => $"\"k{n}\":1")) + "}"), "/data too_many_properties"),
        (With(Who, "\"eventTimestamp\":\"2026-04-02\""), "/eventTimestamp invalid_format"),
        (With(Who, "\"eventTimestamp\":\"2026-02-30T00:00:00Z\""), "/eventTimestamp invalid_format"),
        (With(Who, "\"eventTimestamp\":1775131200"), "/eventTimestamp invalid_type"),
        (With(Who, "\"value\":\"1\""), "/value invalid_type"),
        (With(Who, "\"value\":12345678901234567890123456789012345"), "/value out_of_range"),
        (With(Who, "\"valueCurrency\":\"XTS\""), "/valueCurrency unknown_currency"),
        (With(Who, "\"valueCurrency\":\"dollar\""), "/valueCurrency unknown_currency"),
        (With(Who, "\"uniqueId\":\"\""), "/uniqueId invalid_length"),
        (With(Who, "\"uniqueId\":5"), "/uniqueId invalid_type"),
        (With(Who, "\"uniqueId\":\"" + new string('u', 256) + "\""), "/uniqueId invalid_length"),
        (With(Who, "\"data\":{\"a\":1,\"a\":2}"), "/data/a duplicate_member"),
        (With(Who, "\"ignored\":{\"b\":[{\"a\":1,\"a\":2}]}"), "/ignored/b/0/a duplicate_member"),
        (With(Who, "\"data\":{\"t\":\"\\ud800\"}"), "/data/t invalid_encoding"),
        (With(Who, "\"ignored\":" + new string('[', 64) + new string(']', 64)), "/ignored" + string.Concat(Enumerable.Repeat("/0", 63)) + " too_deep"),
        (With(Who, "\"data\":{\"long\":\"" + new string('x', 100 * 1024 + 1) + "\"}"), "/data/long string_too_long"),
    ];

    private IReadOnlyList<BulkResult> _results = [];
    private Answer _answer = null!;
    private List<JsonElement> _listed = [];

    private static IEnumerable<TestCaseData> Cases =>
        Rows.Select(static (row, i) => new TestCaseData(i).SetArgDisplayNames($"{i}: {Short(row.Event)} is {Short(row.Errors).Replace("\0", "NUL", StringComparison.Ordinal)}"));

    protected override async Task PrepareAsync()
    {
        string[] events = [.. Rows.Select(static row => row.Event), With("\"customer\":{\"email\":\"taken@example.com\"}")];
        _answer = await Store.PostAsync($$"""{"events":[{{string.Join(',', events)}}]}""", true, ("Prefer", "return=representation"));
        Assert.That(_answer.Status, Is.EqualTo(HttpStatusCode.Accepted), _answer.Body);
        _results = [.. _answer.Json.GetProperty("results").EnumerateArray().Select(BulkResult.Read)];
        _listed = await ListAsync(Rows.Length);
    }

    [TestCaseSource(nameof(Cases))]
    public void Is_refused(int row)
    {
        var listed = _listed.Where(one => one.GetProperty("eventId").GetGuid() == _results[row].EventId).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(string.Join(", ", _results[row].Errors), Is.EqualTo(Rows[row].Errors));
            Assert.That(listed, Has.Length.EqualTo(1), "listed once");
        });
        var (pointer, code) = Split(_results[row].Errors[0]);
        Assert.Multiple(() =>
        {
            Assert.That(listed[0].GetProperty("code").GetString(), Is.EqualTo(code));
            Assert.That(listed[0].GetProperty("pointer").GetString() ?? "", Is.EqualTo(pointer), "a rejection's pointer is into the payload");
            Assert.That(listed[0].GetProperty("stage").GetString(), Is.EqualTo("ingest-api"));
            Assert.That(listed[0].GetProperty("storeId").GetString(), Is.EqualTo(Store.Id));
            Assert.That(listed[0].GetProperty("detail").GetString(), Is.Not.Empty);
            Assert.That(listed[0].GetProperty("source").GetProperty("topic").GetString(), Is.EqualTo(Pipeline.RawTopic));
            Assert.That(listed[0].GetProperty("source").TryGetProperty("partition", out _), Is.False);
        });
    }

    [Test]
    public async Task The_valid_ones_of_a_request_are_accepted_and_the_others_counted()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_answer.Headers["Events-Rejected"], Is.EqualTo($"{Rows.Length}"));
            Assert.That(_answer.Headers["Preference-Applied"], Is.EqualTo("return=representation"));
            Assert.That(_answer.Json.GetProperty("accepted").GetInt32(), Is.EqualTo(1));
            Assert.That(_answer.Json.GetProperty("rejected").GetInt32(), Is.EqualTo(Rows.Length));
            Assert.That(_results[^1].IsAccepted, Is.True);
        });
        await Store.StoredAsync(_results[^1].EventId!.Value);
    }

    [Test]
    public async Task A_rejection_holds_the_original_bytes()
    {
        var shown = await Pipeline.AskAsync("rejections", "show", Id(5));
        Assert.That(shown.GetProperty("payload").GetString(), Is.EqualTo(Rows[5].Event));
    }

    [Test]
    public async Task A_replayed_one_that_fails_again_renews_its_entry()
    {
        var store = await Pipeline.CreateStoreAsync();
        await store.SendBulkAsync([With(Who, "\"value\":\"1\""), With(Who)]);
        var id = (await ListAsync(1, store.Id))[0].GetProperty("id").GetString()!;
        var replay = await Pipeline.OperateAsync("rejections", "replay", id, "--json");
        Assert.Multiple(() =>
        {
            Assert.That(replay.ExitCode, Is.EqualTo(1), "most of the batch was refused again");
            Assert.That(replay.Error, Does.Contain("1 were refused again"));
            Assert.That(replay.Json.GetProperty("replayed").GetInt32(), Is.EqualTo(1));
            Assert.That(replay.Json.GetProperty("rejectedAgain").GetInt32(), Is.EqualTo(1));
        });
        List<JsonElement> listed = [];
        await Eventually.TrueAsync(
            async () =>
            {
                listed = await ListAsync(1, store.Id);
                return listed.Any(static one => one.GetProperty("stage").GetString() == "normalizer") ? null : string.Join('\n', listed);
            },
            () => "The normalizer has not refused the replayed event.");
        Assert.That(listed.Select(static one => one.GetProperty("code").GetString()), Is.All.EqualTo("invalid_type"));
        Assert.That(listed.Select(static one => one.GetProperty("eventId").GetGuid()).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_of_which_nothing_is_valid_is_refused_whole_and_not_recorded()
    {
        var store = await Pipeline.CreateStoreAsync();
        var answer = await store.PostAsync("""{"events":[{"eventName":"e","customer":{}},{"eventName":1,"customer":{"email":"a@b.c"}}]}""", true);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(answer.Errors, Is.EqualTo(new[] { "/events/0/customer identity_missing", "/events/1/eventName invalid_type" }));
        });
        // A later rejection is listed: an earlier one would be, too.
        await store.SendBulkAsync([With(Who, "\"value\":\"1\""), With(Who)]);
        Assert.That(await ListAsync(1, store.Id), Has.Count.EqualTo(1));
    }

    private async Task<List<JsonElement>> ListAsync(int least, string? storeId = null)
    {
        List<JsonElement> found = [];
        await Eventually.TrueAsync(
            async () =>
            {
                found = [.. (await Pipeline.AskAsync("rejections", "list", "--store", storeId ?? Store.Id)).GetProperty("rejections").EnumerateArray()];
                return found.Count >= least ? null : $"{found.Count} of {least}";
            },
            () => "Rejections are missing.");
        return found;
    }

    private string Id(int row) => _listed.Single(one => one.GetProperty("eventId").GetGuid() == _results[row].EventId).GetProperty("id").GetString()!;

    private static string With(params string[] members) => $"{{\"eventName\":\"e\",{string.Join(',', members)}}}";

    private static (string Pointer, string Code) Split(string error) => error.LastIndexOf(' ') is var blank and >= 0 ? (error[..blank], error[(blank + 1)..]) : ("", error);

    private static string Short(string text) => text.Length <= 70 ? text : text[..70] + "…";
}
