using System.Text;
using System.Text.Json;
using CustomEvents.Operator;
using static CustomEvents.Tests.Operator.Importing.ImportRun;

namespace CustomEvents.Tests.Operator.Importing;

public sealed class ImportTests
{
    private const int MaxEvent = 5 * 1024 * 1024;

    private ImportRun _run = null!;

    [SetUp]
    public void NewFolder() => _run = new ImportRun();

    [TearDown]
    public void Remove() => _run.Dispose();

    [Test]
    public async Task All_lines_are_sent_once_in_requests_of_a_hundred()
    {
        using var api = new FakeApi();
        _run.Write(Lines(250));
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 250L, 0L)), _run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(api.Stored, Is.EquivalentTo(Lines(250)));
            Assert.That(api.Requests.Select(static one => one.Events.Count).Order(), Is.EqualTo(new[] { 50, 100, 100 }));
            Assert.That(api.Requests.Select(static one => one.Path).Distinct(), Is.EqualTo(new[] { "/stores/shop/events/bulk" }));
            Assert.That(api.Requests.Select(static one => one.Authorization).Distinct(), Is.EqualTo(new[] { "Bearer ck_secret" }));
            Assert.That(api.Requests.Select(static one => one.Key).Distinct().Count(), Is.EqualTo(3));
            Assert.That(api.Requests.Select(static one => one.Key), Is.All.Match("^[!-~]{1,255}$"));
            Assert.That(File.Exists(_run.Rejected), Is.False);
            Assert.That(_run.Error, Does.Not.Contain("ck_secret"));
        });
    }

    [Test]
    public async Task With_one_request_at_a_time_the_file_s_order_is_kept()
    {
        using var api = new FakeApi();
        _run.Write(Lines(250));
        await _run.RunAsync(api.Url, "--in-flight", "1");
        Assert.That(api.Requests.SelectMany(static one => one.Events), Is.EqualTo(Lines(250)));
    }

    [Test]
    public async Task Every_form_of_a_file_is_read_and_what_is_no_event_is_told_by_its_line()
    {
        using var api = new FakeApi();
        var largest = "{\"n\":\"" + new string('x', MaxEvent - 8) + "\"}";
        _run.Write(
        [
            Bytes("\uFEFF{\"n\":1}\r\n"), Bytes("\n \t\r\n"), Bytes("  {\"n\":2}  \n"), Bytes("{\"n\":\n"), [.. "{\"n\":\""u8, 0xFF, .. "\"}\n"u8],
            Bytes("{\"n\":3},{\"n\":4}\n"), Bytes("{\"n\":5}]},{\"events\":[{\"n\":6}\n"), Bytes("7\n"), Bytes("{\"bad\":1}\n"), Bytes(largest + "\n"), Bytes(largest + " \r\n"),
            Bytes(" " + largest.Replace("}", " }", StringComparison.Ordinal) + "\n"), Bytes("{\"n\":\"" + new string('y', 3 * MaxEvent) + "\"}\n"), Bytes("{\"n\":\"\\ud800\"}\n"), Bytes("{\"n\":9}"),
        ]);
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 7L, 7L)), _run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(api.Stored.Select(static one => one.Length > 100 ? "largest" : one), Is.EquivalentTo(new[]
            {
                "{\"n\":1}", "{\"n\":2}", "7", "largest", "largest", "{\"n\":\"\\ud800\"}", "{\"n\":9}",
            }));
            Assert.That(_run.Reasons(), Is.EqualTo(new[]
            {
                "5  invalid_json", "6  invalid_encoding", "7  invalid_json", "8  invalid_json", "10 /bad invalid_type", "13  too_large", "14  too_large",
            }));
            // Not element by element: there are 20 million.
            Assert.That(File.ReadAllBytes(_run.Rejected).AsSpan().SequenceEqual((byte[])
            [
                .. "{\"n\":\n"u8, .. "{\"n\":\""u8, 0xFF, .. "\"}\n"u8, .. "{\"n\":3},{\"n\":4}\n"u8, .. "{\"n\":5}]},{\"events\":[{\"n\":6}\n"u8, .. "{\"bad\":1}\n"u8,
                .. Bytes(" " + largest.Replace("}", " }", StringComparison.Ordinal) + "\n"), .. Bytes("{\"n\":\"" + new string('y', 3 * MaxEvent) + "\"}\n"),
            ]), Is.True, "the lines as they were");
        });
    }

    [Test]
    public async Task No_request_is_over_20_MB()
    {
        using var api = new FakeApi();
        _run.Write(Enumerable.Range(0, 9).Select(static i => Bytes($"{{\"n\":\"{i}{new string('x', (4 * 1024 * 1024) - 100)}\"}}\n")));
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 9L, 0L)));
        Assert.That(api.Requests.Select(static one => one.Body.Length), Is.All.AtMost(20 * 1024 * 1024));
        Assert.That(api.Requests.Select(static one => one.Events.Count).Order(), Is.EqualTo(new[] { 4, 5 }));
    }

    [TestCase(429, false)]
    [TestCase(503, false)]
    [TestCase(500, false)]
    [TestCase(408, false)]
    [TestCase(0, false, TestName = "A_lost_connection_is_tried_again")]
    [TestCase(0, true, TestName = "A_lost_answer_stores_nothing_twice")]
    public async Task A_request_is_repeated_under_its_own_key(int status, bool isStored)
    {
        using var api = new FakeApi(request => request.Number == 1
            ? new FakeAnswer(status, "{\"detail\":\"later\"}", status is 429 or 503 ? 1 : null) { IsLost = status == 0, IsStored = isStored }
            : null);
        // Equal lines are events of their own.
        _run.Write([.. Lines(150), .. Lines(150)]);
        Assert.That(await _run.CountAsync(api.Url, "--in-flight", "1"), Is.EqualTo((0, 300L, 0L)), _run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(api.Stored, Is.EquivalentTo(Lines(150).Concat(Lines(150))));
            Assert.That(api.Requests, Has.Count.EqualTo(4));
            Assert.That(api.Requests.ElementAt(2).Key, Is.EqualTo(api.Requests.ElementAt(1).Key));
        });
    }

    [Test]
    public async Task A_request_of_which_nothing_is_valid_is_refused_line_by_line_and_the_import_goes_on()
    {
        using var api = new FakeApi();
        _run.Write([.. Lines(100, ",\"bad\":1"), .. Lines(100)]);
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 100L, 100L)));
        Assert.That(_run.Reasons(), Is.EqualTo(Enumerable.Range(1, 100).Select(static n => $"{n} /bad invalid_type")));
    }

    [Test]
    public async Task Pointers_of_what_was_refused_are_into_the_line()
    {
        using var api = new FakeApi();
        _run.Write([.. Lines(11), "{\"bad\":1}"]);
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 11L, 1L)));
        Assert.That(_run.Reasons(), Is.EqualTo(new[] { "12 /bad invalid_type" }));
    }

    [Test]
    public async Task Lines_whose_errors_found_no_room_in_an_answer_are_asked_for_again()
    {
        using var api = new FakeApi(static request => request.Events.Count > 1
            ? new FakeAnswer(400, """{"errors":[{"pointer":"/events/0/a","code":"required","detail":"x"},{"pointer":"/events/0/b","code":"required","detail":"y"}]}""")
            : null);
        _run.Write(Lines(3, ",\"bad\":1"));
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((1, 0L, 3L)), "nothing was accepted");
        Assert.That(_run.Error, Does.Contain("Nothing was accepted."));
        Assert.That(_run.Reasons(), Is.EqualTo(new[] { "1 /a required /b required", "2 /a required /b required", "3 /bad invalid_type" }));
    }

    [TestCase(400, "invalid_json")]
    [TestCase(413, "too_large")]
    public async Task A_request_that_is_refused_whole_is_halved_until_the_line_is_found(int status, string code)
    {
        using var api = new FakeApi(request => request.Events.Exists(static one => one.Contains("poison", StringComparison.Ordinal)) ? new FakeAnswer(status) : null);
        _run.Write([.. Lines(60), "{\"poison\":1}", .. Lines(60)]);
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 120L, 1L)));
        Assert.Multiple(() =>
        {
            Assert.That(api.Stored, Is.EquivalentTo(Lines(60).Concat(Lines(60))), "equal lines that came apart are still two");
            Assert.That(_run.Reasons(), Is.EqualTo(new[] { $"61  {code}" }));
        });
    }

    [TestCase(401, "expired or revoked")]
    [TestCase(403, "customer_events_write")]
    [TestCase(404, "no such store")]
    [TestCase(302, "not expected")]
    public async Task An_answer_that_no_patience_helps_ends_it_at_once_and_it_goes_on_when_that_is_mended(int status, string expected)
    {
        using (var api = new FakeApi(request => request.Number >= 3 ? new FakeAnswer(status, "{\"detail\":\"as it says\"}") : null))
        {
            _run.Write([.. Lines(900), "{\"bad\":1}"]);
            Assert.That(await _run.CountAsync(api.Url, "--in-flight", "1"), Is.EqualTo((1, 300L, 0L)));
            Assert.That(_run.Error, Does.Contain(expected).And.Contain("as it says"));
            Assert.That(api.Requests, Has.Count.EqualTo(4));
        }

        using var mended = new FakeApi();
        File.WriteAllText(_run.Journal, File.ReadAllText(_run.Journal).Replace(Begun(), mended.Url + "/", StringComparison.Ordinal));
        Assert.That(await _run.CountAsync(mended.Url), Is.EqualTo((0, 900L, 1L)), _run.Error);
        Assert.That(mended.Requests, Has.Count.EqualTo(7), "what was settled is not sent again");
        Assert.That(await _run.RunAsync(mended.Url), Is.Zero);
        Assert.That(_run.Out, Does.StartWith("900 accepted, 1 refused"));
        Assert.That(mended.Requests, Has.Count.EqualTo(7), "an import that is done has nothing to do");
        Assert.That(_run.Error, Does.Contain("imported before"));
    }

    [Test]
    public async Task What_was_refused_whole_has_not_begun_and_is_mended_at_will()
    {
        using var api = new FakeApi(static request => request.Path.StartsWith("/elsewhere", StringComparison.Ordinal) ? new FakeAnswer(401) : null);
        _run.Write(Lines(10));
        Assert.That(await _run.CountAsync(api.Url + "/elsewhere"), Is.EqualTo((1, 0L, 0L)));
        Assert.That(File.Exists(_run.Journal), Is.False);
        _run.Write(Lines(11));
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 11L, 0L)), _run.Error);
    }

    [Test]
    public async Task What_a_killed_run_wrote_and_did_not_note_is_written_once()
    {
        using var api = new FakeApi();
        _run.Write([.. Lines(150, ",\"bad\":1"), .. Lines(100)]);
        Assert.That(await _run.CountAsync(api.Url, "--in-flight", "1"), Is.EqualTo((0, 100L, 150L)));
        var lines = File.ReadAllLines(_run.Journal);
        var whole = File.ReadAllText(_run.Rejected);
        var reasons = _run.Reasons();
        // As a kill leaves it: the second batch's rejections written, its line in the journal half.
        File.WriteAllText(_run.Journal, lines[0] + "\n" + lines[1] + "\n" + lines[2][..10]);

        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 100L, 150L)), _run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(_run.Rejected), Is.EqualTo(whole));
            Assert.That(_run.Reasons(), Is.EqualTo(reasons));
            Assert.That(api.Stored, Has.Count.EqualTo(100), "what was sent again has its ids");
        });
    }

    [Test]
    public async Task Without_its_journal_the_same_file_stores_nothing_twice()
    {
        using var api = new FakeApi();
        _run.Write(Lines(250));
        await _run.RunAsync(api.Url);
        File.Delete(_run.Journal);
        Assert.That(await _run.CountAsync(api.Url), Is.EqualTo((0, 250L, 0L)));
        Assert.That((api.Requests.Count, api.Stored.Count), Is.EqualTo((6, 250)));
    }

    [Test]
    public async Task A_changed_file_is_noticed_and_so_is_another_store()
    {
        using var api = new FakeApi();
        _run.Write(Lines(10));
        await _run.RunAsync(api.Url);
        Assert.That(await _run.RunAsync(api.Url + "/elsewhere"), Is.EqualTo(1));
        Assert.That(_run.Error, Does.Contain("name the same to go on"));
        _run.Write(Lines(11));
        Assert.That(await _run.RunAsync(api.Url), Is.EqualTo(1));
        Assert.That(_run.Error, Does.Contain("has changed since its import began"));
        Assert.That(api.Requests, Has.Count.EqualTo(1));
        Assert.That(await _run.CountAsync(api.Url, "--start-over"), Is.EqualTo((0, 11L, 0L)));
    }

    [Test]
    public async Task A_file_of_rejections_of_no_known_import_is_not_overwritten()
    {
        using var api = new FakeApi();
        _run.Write("{\"bad\":1}", "{\"n\":1}");
        File.WriteAllText(_run.Rejected, "somebody's");
        Assert.That(await _run.RunAsync(api.Url), Is.EqualTo(1));
        Assert.That(File.ReadAllText(_run.Rejected), Is.EqualTo("somebody's"));
        await _run.RunAsync(api.Url, "--start-over");
        Assert.That(File.ReadAllText(_run.Rejected), Is.EqualTo("{\"bad\":1}\n"));

        // Mended where it lies, it is no business of the import that is done.
        File.WriteAllText(_run.Rejected, "{\"n\":2}\n");
        Assert.That(await _run.RunAsync(api.Url), Is.Zero);
        Assert.That(File.ReadAllText(_run.Rejected), Is.EqualTo("{\"n\":2}\n"));
    }

    [Test]
    public async Task An_api_that_stays_away_ends_it_after_its_patience()
    {
        string url;
        using (var closed = new FakeApi())
            url = closed.Url;
        _run.Write(Lines(3));
        Assert.That(await _run.RunAsync(url, "--patience", "1"), Is.EqualTo(1));
        Assert.That(_run.Error, Does.Contain("took nothing for too long"));
    }

    [Test]
    public async Task Two_imports_of_one_file_at_once_are_refused()
    {
        using var entered = new SemaphoreSlim(0);
        using var leave = new ManualResetEventSlim();
        using var api = new FakeApi(_ =>
        {
            entered.Release();
            leave.Wait(TimeSpan.FromSeconds(30));
            return null;
        });
        _run.Write(Lines(3));
        var first = _run.RunAsync(api.Url);
        Assert.That(await entered.WaitAsync(TimeSpan.FromSeconds(30)), Is.True);
        var error = new StringWriter();
        var second = await new EventsCommandLine(TextWriter.Null, error).RunAsync(
            ["import", _run.File, "--url", api.Url, "--store", "shop", "--key", "k"], CancellationToken.None);
        leave.Set();
        Assert.That((second, await first), Is.EqualTo((1, 0)));
        Assert.That(error.ToString(), Does.Contain("imported by another process"));
    }

    [Test]
    public async Task A_key_may_stand_in_a_file()
    {
        using var api = new FakeApi();
        _run.Write(Lines(1));
        var keyFile = _run.File + ".key";
        await File.WriteAllTextAsync(keyFile, "ck_from_file\n");
        var code = await new EventsCommandLine(TextWriter.Null, TextWriter.Null).RunAsync(
            ["import", _run.File, "--url", api.Url, "--store", "shop", "--key-file", keyFile], CancellationToken.None);
        Assert.That((code, api.Requests.Single().Authorization), Is.EqualTo((0, "Bearer ck_from_file")));
    }

    [TestCase("import f --store s --key k")]
    [TestCase("import f --url http://127.0.0.1:1 --store s")]
    [TestCase("import f --url 127.0.0.1:1 --store s --key k")]
    [TestCase("import f --url http://127.0.0.1:1 --store a/b --key k")]
    [TestCase("import f --url http://127.0.0.1:1 --store s --key k --in-flight 0")]
    [TestCase("import f --url http://127.0.0.1:1 --store s --key k --key-file f")]
    public async Task Wrong_usage_ends_with_2(string line) =>
        Assert.That(await new EventsCommandLine(TextWriter.Null, TextWriter.Null).RunAsync(line.Split(' '), CancellationToken.None), Is.EqualTo(2));

    [Test]
    public async Task A_file_that_is_not_there_ends_with_1_and_an_empty_one_is_done()
    {
        Assert.That(await _run.RunAsync("http://127.0.0.1:1"), Is.EqualTo(1));
        Assert.That(_run.Error, Does.Contain(_run.File));
        Assert.That(File.Exists(_run.Journal), Is.False);
        _run.Write("", " ");
        Assert.That(await _run.CountAsync("http://127.0.0.1:1"), Is.EqualTo((0, 0L, 0L)));
    }

    private string Begun() => JsonElement.Parse(Encoding.UTF8.GetBytes(File.ReadLines(_run.Journal).First())).GetProperty("file").GetProperty("url").GetString()!;
}
