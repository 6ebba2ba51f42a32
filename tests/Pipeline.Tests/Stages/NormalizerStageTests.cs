using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stages.Normalizing;
using Microsoft.Extensions.Time.Testing;
using static CustomEvents.Tests.Pipeline.Stages.StageBench;

namespace CustomEvents.Tests.Pipeline.Stages;

public class NormalizerStageTests
{
    private const string ChosenId = "0190a1b2-0000-7000-8000-000000000001";
    private const string OtherId = "0190a1b2-0000-7000-8000-000000000002";
    private StageBench _bench = null!;

    [SetUp]
    public void Begin() => _bench = new StageBench();

    [TestCase(null, "{}", ErrorCode.MissingKey)]
    [TestCase("no such store", "{}", ErrorCode.UnknownStore)]
    [TestCase("store-9", "{}", ErrorCode.UnknownStore)]
    [TestCase(Shop, null, ErrorCode.InvalidJson)]
    [TestCase(Shop, "{", ErrorCode.InvalidJson)]
    [TestCase(Shop, "[]", ErrorCode.InvalidType)]
    [TestCase(Shop, """{"eventName":"x","customer":{}}""", ErrorCode.IdentityMissing)]
    public async Task Invalid_record_is_rejected_with_its_code_and_a_derived_id(string? key, string? json, ErrorCode expected)
    {
        var record = _bench.Raw(json, key);
        var outcome = (await _bench.NormalizeAsync(record)).Single();
        Assert.That(outcome.Rejection?.Error.Code, Is.EqualTo(expected));
        Assert.That(outcome.Rejection!.EventId, Is.EqualTo(EventIds.FromRecord("events.raw", 0, record.Position.Offset, record.Timestamp, record.Value is { } value ? value.Span : default)));
        Assert.That(_bench.Stores.AllCustomers(), Is.Empty);
    }

    [TestCase("event-id", "not-a-uuid")]
    [TestCase("event-id", "{0190a1b2-0000-7000-8000-000000000001}")]
    [TestCase("event-id", "")]
    [TestCase("received-at", "yesterday")]
    [TestCase("received-at", "2026-02-30T00:00:00Z")]
    public async Task Malformed_header_is_invalid_format(string name, string value)
    {
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, (name, value)))).Single();
        Assert.That(outcome.Rejection?.Error.Code, Is.EqualTo(ErrorCode.InvalidFormat));
    }

    [TestCase(long.MinValue)]
    [TestCase(-62135596800001)]
    [TestCase(1_774_000_000_000_000)]
    [TestCase(long.MaxValue)]
    public async Task Timestamp_of_no_year_is_invalid_format_unless_the_receipt_is_told(long milliseconds)
    {
        var bare = Stamped(_bench.Raw(Event("""{"email":"a@b.c"}""")), milliseconds);
        var told = Stamped(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("received-at", "2026-01-01T00:00:00Z")), milliseconds);

        var outcomes = await _bench.NormalizeAsync(bare, told);

        Assert.That(outcomes[0].Rejection?.Error.Code, Is.EqualTo(ErrorCode.InvalidFormat));
        Assert.That(Read(outcomes[1]).ReceivedAt, Is.EqualTo(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));

        static LogRecord Stamped(LogRecord record, long milliseconds) => new()
        {
            Topic = record.Topic,
            Position = record.Position,
            Timestamp = LogRecord.TimeOf(milliseconds),
            Key = record.Key,
            Value = record.Value,
            Headers = record.Headers,
        };
    }

    [Test]
    public async Task Headers_give_id_time_and_producer_and_the_last_of_a_name_counts()
    {
        var id = Guid.Parse("0190a1b2-0000-7000-8000-000000000001");
        var outcomes = await _bench.NormalizeAsync(_bench.Raw(
            Event("""{"email":"a@b.c"}"""), Shop, 0,
            ("event-id", "nonsense"), ("event-id", id.ToString()), ("received-at", "2020-01-01T00:00:00+01:00"), ("producer", "http")));
        var normalized = Read(outcomes[0]);
        Assert.That(normalized.EventId, Is.EqualTo(id));
        Assert.That(normalized.ReceivedAt, Is.EqualTo(new DateTime(2019, 12, 31, 23, 0, 0, DateTimeKind.Utc)));
        Assert.That(normalized.Producer, Is.EqualTo("http"));
    }

    [Test]
    public async Task Confluent_frame_is_taken_off()
    {
        var framed = "\0\0\0\0\u0007" + Event("""{"email":"a@b.c"}""");
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(framed))).Single();
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Produced));
    }

    [Test]
    public async Task Second_event_with_the_same_uniqueId_is_dropped_and_leaves_no_trace()
    {
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"first@b.c"}""", ""","uniqueId":"u" """)),
            _bench.Raw(Event("""{"email":"second@b.c","firstName":"X"}""", ""","uniqueId":"u" """)));
        var later = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"third@b.c"}""", ""","uniqueId":"u" """)));
        Assert.That(outcomes.Concat(later).Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Produced, OutcomeKind.Duplicate, OutcomeKind.Duplicate }));
        Assert.That(_bench.Stores.AllCustomers().Single().Identity.Email!.Value.Value, Is.EqualTo("first@b.c"));
    }

    [Test]
    public async Task Same_uniqueId_in_another_store_is_another_event()
    {
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """)),
            _bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """), "store-2"));
        Assert.That(outcomes, Has.All.Property(nameof(Outcome.Kind)).EqualTo(OutcomeKind.Produced));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Invalid_event_claims_nothing()
    {
        await _bench.NormalizeAsync(_bench.Raw(Event("{}", ""","uniqueId":"u" """)));
        var valid = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """)));
        Assert.That(valid.Single().Kind, Is.EqualTo(OutcomeKind.Produced));
    }

    [Test]
    public async Task Event_id_of_its_own_store_is_a_redelivery_whatever_it_contains()
    {
        var lane = _bench.Normalizer.OpenLane(new TopicPartition("events.raw", 0));
        var first = await _bench.NormalizeAsync(
            lane,
            _bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)),
            _bench.Raw(Event("""{"email":"b@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        var second = await _bench.NormalizeAsync(lane, _bench.Raw(Event("""{"email":"c@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        await _bench.PersistAsync(first);
        var third = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"d@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        Assert.That(
            first.Concat(second).Concat(third).Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Produced, OutcomeKind.Duplicate, OutcomeKind.Duplicate, OutcomeKind.Duplicate }));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Event_id_of_another_store_is_a_conflict()
    {
        await _bench.StoreAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), "store-2", 0, ("event-id", ChosenId)))).Single();
        Assert.That(outcome.Rejection?.Error.Code, Is.EqualTo(ErrorCode.EventIdConflict));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Redelivery_is_none_of_a_conflict_that_stands_before_it_in_the_same_batch()
    {
        await _bench.StoreAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"a@b.c"}"""), "store-2", 0, ("event-id", ChosenId)),
            _bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Rejected, OutcomeKind.Duplicate }));
    }

    [Test]
    public async Task Id_is_used_from_the_moment_its_first_record_is_processed_though_the_event_is_not_stored_yet()
    {
        var first = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        // The normalizer crashed since, and its caches with it; the persister has not come to the first record.
        var second = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"a@b.c","phoneNumber":"+4912345"}""", ""","uniqueId":"w" """), Shop, 0, ("event-id", ChosenId)));
        var real = await _bench.NormalizeAsync(_bench.Raw(Event("""{"phoneNumber":"+4912345"}""", ""","uniqueId":"w" """)));
        Assert.That(
            first.Concat(second).Concat(real).Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Produced, OutcomeKind.Duplicate, OutcomeKind.Produced }));
        Assert.That(_bench.Customer("a@b.c").Identity.PhoneNumber, Is.Null, "the second record of an id links nothing");
    }

    [TestCase(0, TestName = "Id_of_a_record_in_the_same_partition_is_used_though_it_is_not_stored_yet")]
    [TestCase(1, TestName = "Id_of_a_record_in_another_partition_is_used_though_it_is_not_stored_yet")]
    public async Task Id_is_used_in_every_partition_and_store(int partition)
    {
        await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"b@b.c"}"""), Shop, partition, ("event-id", ChosenId)),
            _bench.Raw(Event("""{"email":"b@b.c"}"""), "store-2", partition, ("event-id", ChosenId)));
        Assert.That(outcomes[0].Kind, Is.EqualTo(OutcomeKind.Duplicate));
        Assert.That(outcomes[1].Rejection?.Error.Code, Is.EqualTo(ErrorCode.EventIdConflict));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(1), "neither leaves a trace");
    }

    [Test]
    public async Task Record_with_a_chosen_id_goes_on_when_it_is_read_again()
    {
        var record = _bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """), Shop, 0, ("event-id", ChosenId));
        var first = Read((await _bench.NormalizeAsync(record)).Single());
        var again = Read((await _bench.NormalizeAsync(record)).Single());
        Assert.That((again.EventId, again.CustomerId), Is.EqualTo((first.EventId, first.CustomerId)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Id_is_used_by_its_first_valid_record_also_where_that_is_a_duplicate_however_the_log_is_cut_into_batches(bool together)
    {
        var records = new[]
        {
            _bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """)),
            _bench.Raw("{", Shop, 0, ("event-id", ChosenId)),
            _bench.Raw(Event("""{"email":"b@b.c"}""", ""","uniqueId":"u" """), Shop, 0, ("event-id", ChosenId)),
            _bench.Raw(Event("""{"email":"c@b.c"}"""), Shop, 0, ("event-id", ChosenId)),
        };
        var outcomes = new List<Outcome>();
        foreach (var batch in together ? [records] : records.Select(record => new[] { record }))
            outcomes.AddRange(await _bench.NormalizeAsync(batch));
        Assert.That(
            outcomes.Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Produced, OutcomeKind.Rejected, OutcomeKind.Duplicate, OutcomeKind.Duplicate }));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Replay_goes_on_with_the_claims_of_its_first_attempt()
    {
        var json = Event("""{"email":"a@b.c"}""", ""","uniqueId":"u" """);
        await _bench.NormalizeAsync(_bench.Raw(json, Shop, 0, ("event-id", ChosenId)));
        // Refused by the persister, and replayed twice; then it is stored.
        var replay = await _bench.NormalizeAsync(_bench.Raw(json, Shop, 0, ("event-id", ChosenId), ("replay-of", "r")));
        var second = await _bench.NormalizeAsync(_bench.Raw(json, Shop, 0, ("event-id", ChosenId), ("replay-of", "r")));
        Assert.That(replay.Concat(second), Has.All.Property(nameof(Outcome.Kind)).EqualTo(OutcomeKind.Produced));
        await _bench.PersistAsync(replay);
        var third = await _bench.NormalizeAsync(_bench.Raw(json, Shop, 0, ("event-id", ChosenId), ("replay-of", "r")));
        Assert.That(third.Single().Kind, Is.EqualTo(OutcomeKind.Duplicate));
    }

    [Test]
    public async Task Replay_of_an_invalid_record_finds_its_id_free_or_used_by_the_event_that_came_between()
    {
        await _bench.NormalizeAsync(_bench.Raw(Event("{}"), Shop, 0, ("event-id", ChosenId)));
        await _bench.NormalizeAsync(_bench.Raw(Event("{}"), Shop, 0, ("event-id", OtherId)));
        await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId)));
        var replays = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"b@b.c"}"""), Shop, 0, ("event-id", ChosenId), ("replay-of", "r")),
            _bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", OtherId), ("replay-of", "q")));
        Assert.That(replays.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Duplicate, OutcomeKind.Produced }));
    }

    [Test]
    public async Task Event_lost_with_its_topic_can_be_sent_again_to_the_one_that_was_made_anew()
    {
        var json = Event("""{"email":"a@b.c"}""");
        await _bench.NormalizeAsync(_bench.Raw(json, Shop, 0, ("event-id", ChosenId)));
        var outcomes = await _bench.NormalizeAsync(
            InNewTopic(_bench.Raw(Event("""{"email":"other@b.c"}"""), Shop, 0, ("event-id", ChosenId))), InNewTopic(_bench.Raw(json, Shop, 0, ("event-id", ChosenId))));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Duplicate, OutcomeKind.Produced }));

        static LogRecord InNewTopic(LogRecord record) => new()
        {
            Topic = record.Topic,
            Position = record.Position with { TopicId = Guid.Parse("0b6f7a55-3c33-4f8e-9d2b-9b0b4f6a0002") },
            Timestamp = record.Timestamp,
            Key = record.Key,
            Value = record.Value,
            Headers = record.Headers,
        };
    }

    [TestCase("http", 0)]
    [TestCase("kafka", 1)]
    public async Task Id_that_the_api_drew_costs_no_claim(string producer, int expected)
    {
        await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", ChosenId), ("producer", producer)));
        Assert.That(_bench.Stores.Calls.GetValueOrDefault("ClaimIdsAsync"), Is.EqualTo(expected));
        Assert.That(_bench.Stores.Calls.GetValueOrDefault("FindOwnersAsync"), Is.EqualTo(expected));
    }

    [Test]
    public async Task What_a_refused_header_said_is_told_without_control_characters()
    {
        var outcome = (await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("event-id", "\u001b[2Jx\0")))).Single();
        Assert.That(outcome.Rejection!.Error.Detail, Does.Contain("\"\uFFFD[2Jx\uFFFD\"").And.Not.Contain("\u001b"));
    }

    [Test]
    public async Task The_first_identifier_that_finds_a_customer_decides_even_if_the_others_belong_to_somebody_else()
    {
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event($$"""{"id":"{{Hex(1)}}"}""")),
            _bench.Raw(Event("""{"email":"two@b.c"}""")),
            _bench.Raw(Event("""{"phoneNumber":"+15555555555"}""")),
            _bench.Raw(Event($$"""{"id":"{{Hex(1)}}","email":"two@b.c","phoneNumber":"+15555555555"}""")),
            _bench.Raw(Event($$"""{"id":"{{Hex(9)}}","email":"two@b.c","phoneNumber":"+15555555555"}""")));
        var customers = outcomes.Select(outcome => Read(outcome).CustomerId).ToList();
        Assert.That(customers[3], Is.EqualTo(customers[0]));
        Assert.That(customers[4], Is.EqualTo(customers[1]));
        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(3), "the id 9 beside an e-mail address that decided is not kept");
    }

    [Test]
    public async Task Identifier_beside_the_one_that_decided_is_linked_only_where_it_is_free_and_the_profile_has_none()
    {
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"a@b.c"}""")),
            _bench.Raw(Event("""{"email":"a@b.c","phoneNumber":"+4912345"}""")),
            _bench.Raw(Event("""{"email":"a@b.c","phoneNumber":"+4999999"}""")),
            _bench.Raw(Event("""{"phoneNumber":"+4912345"}""")));
        Assert.That(outcomes.Select(outcome => Read(outcome).CustomerId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(outcomes.Select(outcome => Read(outcome).IdentifierAdded), Is.EqualTo(new[] { false, true, false, false }));
        Assert.That(_bench.Customer("a@b.c").Identity.PhoneNumber!.Value.Value, Is.EqualTo("+4912345"));
    }

    [Test]
    public async Task Event_read_again_finds_the_same_customer_whatever_came_behind_it()
    {
        // The first finds its customer by phone number; the id that it names is made by the third.
        var records = new[]
        {
            _bench.Raw(Event("""{"phoneNumber":"+4911111"}""")),
            _bench.Raw(Event($$"""{"id":"{{Hex(7)}}","phoneNumber":"+4911111"}""")),
            _bench.Raw(Event($$"""{"id":"{{Hex(7)}}","email":"seven@b.c"}""")),
        };
        var first = (await _bench.NormalizeAsync(records)).Select(outcome => Read(outcome).CustomerId).ToList();
        for (var cut = 0; cut < records.Length; cut++)
        {
            var again = (await _bench.NormalizeAsync(records[cut..])).Select(outcome => Read(outcome).CustomerId);
            Assert.That(again, Is.EqualTo(first[cut..]));
        }

        Assert.That(_bench.Stores.AllCustomers(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Batch_that_failed_at_any_write_gives_the_same_when_it_is_processed_again()
    {
        for (var failAt = 0; failAt < 12; failAt++)
        {
            var bench = new StageBench();
            var records = new[]
            {
                bench.Raw(Event("""{"email":"a@b.c"}""", ""","uniqueId":"1" """)),
                bench.Raw(Event("""{"email":"a@b.c","phoneNumber":"+4912345"}""", ""","uniqueId":"2" """)),
                bench.Raw(Event("""{"phoneNumber":"+4912345"}""", ""","uniqueId":"1" """)),
            };
            var calls = 0;
            bench.Stores.Fault = (_, _) =>
            {
                if (calls++ == failAt)
                    throw new CustomEvents.Pipeline.InfrastructureException("away");
            };
            using var batch = bench.Normalizer.OpenLane(new TopicPartition("events.raw", 0)).Prepare(records);
            IReadOnlyList<Outcome> outcomes;
            try
            {
                outcomes = await batch.ProcessAsync(default);
            }
            catch (CustomEvents.Pipeline.InfrastructureException)
            {
                outcomes = await batch.ProcessAsync(default);
            }

            Assert.That(outcomes.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Produced, OutcomeKind.Produced, OutcomeKind.Duplicate }));
            Assert.That(Read(outcomes[1]).IdentifierAdded, Is.True);
            Assert.That(bench.Stores.AllCustomers(), Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task Customer_who_was_erased_is_named_for_30_s_at_most()
    {
        var time = new FakeTimeProvider(Epoch);
        var stage = new NormalizerStage(_bench.Stores, _bench.Stores, _bench.Stores, _bench.Stores, _bench.Topics, time);
        var lane = stage.OpenLane(new TopicPartition("events.raw", 0));
        var erased = Read((await _bench.NormalizeAsync(lane, _bench.Raw(Event("""{"email":"a@b.c"}""")))).Single()).CustomerId;
        time.Advance(TimeSpan.FromSeconds(20));
        await _bench.NormalizeAsync(lane, _bench.Raw(Event("""{"email":"a@b.c"}""")));
        await _bench.Stores.EraseAsync(new CustomEvents.Pipeline.Stores.CustomerKey(Shop, erased), default);
        time.Advance(TimeSpan.FromSeconds(10));
        var after = Read((await _bench.NormalizeAsync(lane, _bench.Raw(Event("""{"email":"a@b.c"}""")))).Single()).CustomerId;
        Assert.That(after, Is.Not.EqualTo(erased), "though it was used within the 30 s");
        Assert.That(_bench.Stores.AllCustomers().Single().Identity.Key.CustomerId, Is.EqualTo(after));
    }

    [Test]
    public async Task Normalized_record_keeps_key_and_trace()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("traceparent", Trace)))).Single();
        Assert.That(outcome.Output.Topic, Is.EqualTo("events.normalized"));
        Assert.That(Encoding.UTF8.GetString(outcome.Output.Key!.Value.Span), Is.EqualTo(Shop));
        Assert.That(outcome.Output.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value!))), Does.Contain(("traceparent", Trace)));
    }

    [Test]
    public async Task Malformed_trace_goes_no_further()
    {
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, ("traceparent", new string('0', 100_000))))).Single();
        Assert.That(outcome.Output.Headers.Select(header => header.Key), Is.EqualTo(new[] { "event-id", "received-at" }));
    }

    [TestCase(null, "2026-04-02T12:00:00.0000000Z", TestName = "Normalized record tells when it was received: by the record's time")]
    [TestCase("2026-04-01T10:00:00.5+02:00", "2026-04-01T10:00:00.5+02:00", TestName = "Normalized record tells when it was received: as its producer said")]
    public async Task Normalized_record_tells_when_it_was_received(string? given, string expected)
    {
        var headers = given is null ? [] : new[] { ("received-at", given) };
        var outcome = (await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"a@b.c"}"""), Shop, 0, headers))).Single();
        Assert.That(outcome.Output.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value!))), Does.Contain(("received-at", expected)));
    }

    private static NormalizedEvent Read(Outcome outcome)
    {
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Produced), outcome.Rejection?.Error.ToString());
        Assert.That(NormalizedEvent.TryRead(outcome.Output.Value!.Value, out var normalized, out var problem), Is.True, problem);
        return normalized!;
    }
}
