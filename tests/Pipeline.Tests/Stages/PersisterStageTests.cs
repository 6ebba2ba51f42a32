using System.Diagnostics.Metrics;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stores;
using static CustomEvents.Tests.Pipeline.Stages.StageBench;

namespace CustomEvents.Tests.Pipeline.Stages;

public class PersisterStageTests
{
    private const string Ann = """{"email":"ann@b.c"}""";
    private StageBench _bench = null!;

    [SetUp]
    public void Begin() => _bench = new StageBench();

    [Test]
    public async Task What_an_old_owner_patched_and_stored_is_seen_before_a_patch_is_left_out_as_changing_nothing()
    {
        var outcomes = new List<Outcome>();
        foreach (var firstName in new[] { "First", "Second", "First" })
            outcomes.AddRange(await _bench.NormalizeAsync(_bench.Raw(Event($$"""{"email":"a@b.c","firstName":"{{firstName}}"}"""))));
        var owner = _bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
        await _bench.PersistAsync(outcomes.Take(1), owner);
        await _bench.PersistAsync(outcomes.Skip(1).Take(1));
        await _bench.PersistAsync(outcomes.Skip(1), owner);
        Assert.That(_bench.Customer("a@b.c").Profile.FirstName, Is.EqualTo("First"));
    }

    [Test]
    public async Task Event_is_stored_with_its_segment_entries_and_catalog()
    {
        await _bench.StoreAsync(_bench.Raw(Event(Ann, ""","data":{"Tier":"gold","Total":5,"Items":[1]}""")));
        Assert.That(_bench.Stores.AllEvents(), Has.Count.EqualTo(1));
        Assert.That(_bench.Stores.IndexedEvents(), Has.Count.EqualTo(1));
        var catalog = (await ((ICatalogStore)_bench.Stores).ListAsync(Shop, default)).Single();
        Assert.That(catalog.Properties.Select(property => (property.Key, property.Types.Single())), Is.EqualTo(new[] { ("Tier", "string"), ("Total", "number") }));
    }

    [Test]
    public async Task Event_read_again_changes_nothing()
    {
        var outcomes = await _bench.StoreAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")), _bench.Raw(Event("""{"email":"ann@b.c","firstName":"Anna"}""")));
        await _bench.PersistAsync(outcomes);
        await _bench.PersistAsync(outcomes.Take(1));
        Assert.That(_bench.Stores.AllEvents(), Has.Count.EqualTo(2));
        Assert.That(_bench.Customer("ann@b.c").Profile.FirstName, Is.EqualTo("Anna"));
    }

    [Test, NonParallelizable]
    public async Task Freshness_is_measured_once_for_each_event_from_its_receipt_and_not_for_a_replay()
    {
        var freshness = new List<double>();
        var persisted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Name is "custom_events.freshness" or "custom_events.events.persisted")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => freshness.Add(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => persisted += value);
        listener.Start();
        _bench.Time.Advance(TimeSpan.FromSeconds(7));

        var outcomes = await _bench.StoreAsync(
            _bench.Raw(Event(Ann)), _bench.Raw(Event(Ann), headers: ("received-at", "2026-04-02T12:00:05.5Z")), _bench.Raw(Event(Ann), headers: ("replay-of", "r")));
        await _bench.PersistAsync(outcomes);

        Assert.That(freshness, Is.EqualTo(new[] { 7, 1.5 }));
        Assert.That(persisted, Is.EqualTo(3));
    }

    [Test]
    public async Task Profile_is_patched_field_by_field_in_the_order_of_the_log()
    {
        await _bench.StoreAsync(
            _bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann","location":{"city":"Rome","countryCode":"IT"},"customFields":{"a.b":1,"$set":"x"}}""")),
            _bench.Raw(Event("""{"email":"ann@b.c","lastName":"Lee","location":{"city":"Oslo"},"customFields":{"a.b":2,"n":null}}""")));
        var profile = _bench.Customer("ann@b.c").Profile;
        Assert.That((profile.FirstName, profile.LastName), Is.EqualTo(("Ann", "Lee")));
        Assert.That(profile.Location["city"], Is.EqualTo(ProfileValue.Of("Oslo")));
        Assert.That(profile.Location["countryCode"], Is.EqualTo(ProfileValue.Of("IT")));
        Assert.That(profile.CustomFields.Select(field => field.Key), Is.EqualTo(new[] { "a.b", "$set" }));
        Assert.That(profile.CustomFields["a.b"], Is.EqualTo(ProfileValue.Of(2L)));
        Assert.That(profile.UpdatedAt, Is.EqualTo(Epoch.AddSeconds(1)));
    }

    [Test]
    public async Task What_changes_nothing_is_not_written()
    {
        var patch = Event("""{"email":"ann@b.c","firstName":"Ann"}""");
        await _bench.StoreAsync(_bench.Raw(patch));
        var writes = _bench.Stores.Calls["WriteProfilesAsync"];
        await _bench.StoreAsync(_bench.Raw(patch), _bench.Raw(Event(Ann)));
        Assert.That(_bench.Stores.Calls["WriteProfilesAsync"], Is.EqualTo(writes));
        Assert.That(_bench.Customer("ann@b.c").Profile.UpdatedAt, Is.EqualTo(Epoch));
    }

    [Test]
    public async Task Changes_that_cancel_out_move_the_mark_so_that_half_of_them_is_not_applied_later()
    {
        await _bench.StoreAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")));
        var outcomes = await _bench.NormalizeAsync(
            _bench.Raw(Event("""{"email":"ann@b.c","firstName":"Bob"}""")), _bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")));
        var zombie = _bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
        await _bench.PersistAsync(outcomes);
        await _bench.PersistAsync(outcomes.Take(1), zombie);
        var profile = _bench.Customer("ann@b.c").Profile;
        Assert.That(profile.FirstName, Is.EqualTo("Ann"));
        Assert.That(profile.UpdatedAt, Is.EqualTo(Epoch.AddSeconds(2)));
    }

    [Test]
    public async Task Identifier_that_was_added_moves_updatedAt()
    {
        await _bench.StoreAsync(_bench.Raw(Event(Ann)), _bench.Raw(Event("""{"email":"ann@b.c","phoneNumber":"+4912345"}""")), _bench.Raw(Event(Ann)));
        Assert.That(_bench.Customer("ann@b.c").Profile.UpdatedAt, Is.EqualTo(Epoch.AddSeconds(1)));
    }

    [Test]
    public async Task Event_id_that_another_store_used_is_rejected_with_the_original_bytes()
    {
        // Only an id that the API drew has no claim: the persister is the backstop.
        const string Id = "0190a1b2-0000-7000-8000-000000000001";
        var raw = _bench.Raw(Event(Ann), "store-2", 0, ("event-id", Id));
        var one = await _bench.NormalizeAsync(_bench.Raw(Event(Ann), Shop, 0, ("event-id", Id), ("producer", "http")));
        var two = await _bench.NormalizeAsync(raw);
        await _bench.PersistAsync(one);
        var outcome = (await _bench.PersistAsync(two)).Single();
        Assert.That(outcome.Rejection?.Error.Code, Is.EqualTo(ErrorCode.EventIdConflict));
        Assert.That(outcome.Rejection!.Original, Is.SameAs(raw));
        Assert.That(_bench.Stores.IndexedEvents().Select(entry => entry.StoreId), Is.EqualTo(new[] { Shop }));
    }

    [Test]
    public async Task Originals_of_a_batchs_rejections_are_looked_up_at_once()
    {
        var ids = Enumerable.Range(1, 200).Select(i => new Guid(i, 0, 0, new byte[8]).ToString()).ToList();
        await _bench.StoreAsync([.. ids.Select(id => _bench.Raw(Event(Ann), Shop, 0, ("event-id", id), ("producer", "http")))]);
        var raw = ids.Select(id => _bench.Raw(Event(Ann), "store-2", 0, ("event-id", id))).ToArray();
        // As if the other store's events had been stored a moment later.
        var outcomes = await new StageBench().NormalizeAsync(raw);
        var rejected = await _bench.PersistAsync(outcomes);
        Assert.That(rejected.Select(outcome => outcome.Rejection?.Original), Is.EqualTo(raw));
        Assert.That(_bench.LookUps, Is.EqualTo(1));
    }

    [Test]
    public async Task Rejection_whose_raw_record_is_gone_says_that_it_cannot_be_replayed()
    {
        const string Id = "0190a1b2-0000-7000-8000-000000000001";
        await _bench.StoreAsync(_bench.Raw(Event(Ann), Shop, 0, ("event-id", Id)));
        var outcomes = await new StageBench().NormalizeAsync(_bench.Raw(Event(Ann), "store-2", 0, ("event-id", Id)));
        _bench.ForgetRaw();
        var rejection = (await _bench.PersistAsync(outcomes)).Single().Rejection!;
        Assert.That(rejection.Original, Is.Null);
        Assert.That(rejection.Error.Detail, Does.EndWith("The raw record at events.raw[0]@1 is gone from the log: the payload is the normalized record, which cannot be replayed."));
    }

    [Test]
    public async Task Profiles_of_a_batch_are_read_in_rounds_where_they_are_large()
    {
        var emails = Enumerable.Range(0, 5).Select(i => $"c{i}@b.c").ToList();
        foreach (var email in emails)
        {
            var fields = string.Join(',', Enumerable.Range(0, 45).Select(i => $"\"k{i}\":\"{new string('x', 100_000)}\""));
            await _bench.StoreAsync(_bench.Raw(Event($$$"""{"email":"{{{email}}}","customFields":{ {{{fields}}} }}""")));
        }

        var reads = _bench.Stores.Calls["ReadProfilesAsync"];
        await _bench.StoreAsync([.. emails.Select(email => _bench.Raw(Event($$"""{"email":"{{email}}","firstName":"Ann"}""")))]);
        Assert.That(_bench.Stores.Calls["ReadProfilesAsync"] - reads, Is.EqualTo(2), "22 MB of profiles, 16 MiB at a time");
        Assert.That(emails.Select(email => _bench.Customer(email).Profile.FirstName), Has.All.EqualTo("Ann"));
    }

    [Test]
    public async Task Lost_race_for_a_uniqueId_leaves_no_segment_entries()
    {
        // Two events that both believe that the uniqueId is theirs: the unique index of the events is the backstop.
        var one = await _bench.NormalizeAsync(_bench.Raw(Event(Ann, ""","uniqueId":"u","data":{"k":1}""")));
        var other = new StageBench();
        other.Raw("{}");
        var two = await other.NormalizeAsync(other.Raw(Event(Ann, ""","uniqueId":"u","data":{"k":2}""")));
        await _bench.PersistAsync(one);
        var outcome = (await _bench.PersistAsync(two)).Single();
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Duplicate));
        Assert.That(_bench.Stores.AllEvents(), Has.Count.EqualTo(1));
        Assert.That(_bench.Stores.IndexedEvents(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Batch_that_failed_at_any_write_ends_the_same_when_it_is_processed_again()
    {
        for (var failAt = 0; failAt < 16; failAt++)
        {
            var bench = new StageBench();
            var outcomes = await bench.NormalizeAsync(
                bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""", ""","data":{"k":1}""")),
                bench.Raw(Event("""{"email":"ann@b.c","firstName":"Bob","phoneNumber":"+4912345"}""")));
            var calls = 0;
            bench.Stores.Fault = (_, _) =>
            {
                if (calls++ == failAt)
                    throw new CustomEvents.Pipeline.InfrastructureException("away");
            };
            var lane = bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
            try
            {
                await bench.PersistAsync(outcomes, lane);
            }
            catch (CustomEvents.Pipeline.InfrastructureException)
            {
                await bench.PersistAsync(outcomes, lane);
            }

            Assert.That(bench.Stores.AllEvents(), Has.Count.EqualTo(2));
            Assert.That(bench.Stores.IndexedEvents(), Has.Count.EqualTo(2));
            var profile = bench.Customer("ann@b.c").Profile;
            Assert.That((profile.FirstName, profile.UpdatedAt), Is.EqualTo(("Bob", Epoch.AddSeconds(1))));
        }
    }

    [Test]
    public async Task Profile_that_would_grow_too_large_refuses_the_event_and_only_it()
    {
        var text = new string('x', 100_000);
        var lane = _bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
        var kinds = new List<OutcomeKind>();
        for (var i = 0; i < 5; i++)
        {
            var fields = string.Join(',', Enumerable.Range(0, 40).Select(k => $"\"f{i}-{k}\":\"{text}\""));
            var outcomes = await _bench.NormalizeAsync(_bench.Raw(Event($$$"""{"email":"ann@b.c","customFields":{{{{fields}}}}}""")));
            kinds.AddRange((await _bench.PersistAsync(outcomes, lane)).Select(outcome => outcome.Kind));
        }

        await _bench.StoreAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")));
        Assert.That(kinds, Is.EqualTo(new[] { OutcomeKind.Done, OutcomeKind.Done, OutcomeKind.Done, OutcomeKind.Rejected, OutcomeKind.Rejected }));
        Assert.That(_bench.Customer("ann@b.c").Profile.FirstName, Is.EqualTo("Ann"));
    }

    [Test]
    public async Task Event_that_no_profile_can_take_is_refused_again_when_its_batch_is_processed_again()
    {
        var lane = _bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
        for (var i = 0; i < 3; i++)
            await _bench.PersistAsync(await _bench.NormalizeAsync(_bench.Raw(Event(Ample(i)))), lane);
        var outcomes = await _bench.NormalizeAsync(_bench.Raw(Event(Ample(3))), _bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")));
        _bench.Stores.Fault = (method, _) =>
        {
            if (method == "IndexAsync")
                throw new CustomEvents.Pipeline.InfrastructureException("away");
        };
        await Assert.ThrowsAsync<CustomEvents.Pipeline.InfrastructureException>(() => _bench.PersistAsync(outcomes, lane));
        _bench.Stores.Fault = null;
        var kinds = (await _bench.PersistAsync(outcomes)).Select(outcome => outcome.Kind);
        Assert.That(kinds, Is.EqualTo(new[] { OutcomeKind.Rejected, OutcomeKind.Done }));

        static string Ample(int number)
        {
            var fields = string.Join(',', Enumerable.Range(0, 40).Select(k => $"\"f{number}-{k}\":\"{new string('x', 100_000)}\""));
            return $$$"""{"email":"ann@b.c","customFields":{{{{fields}}}}}""";
        }
    }

    [Test]
    public async Task Customer_whose_events_alternate_between_raw_partitions_is_patched_in_one_batch()
    {
        var records = Enumerable.Range(0, 60)
            .Select(i => _bench.Raw(Event($$$"""{"email":"ann@b.c","firstName":"Ann {{{i}}}"}"""), Shop, i % 2))
            .ToArray();
        var outcomes = await _bench.PersistAsync(await _bench.NormalizeAsync(records));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Has.All.EqualTo(OutcomeKind.Done));
        Assert.That(_bench.Customer("ann@b.c").Profile.FirstName, Is.EqualTo("Ann 59"));
    }

    [Test]
    public async Task Lane_that_finds_an_event_stored_by_another_does_not_trust_the_profile_it_remembers()
    {
        var mine = _bench.Persister.OpenLane(new TopicPartition("events.normalized", 0));
        await _bench.PersistAsync(await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}"""))), mine);
        var others = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Bob"}""")));
        var next = await _bench.NormalizeAsync(_bench.Raw(Event("""{"email":"ann@b.c","firstName":"Ann"}""")));
        await _bench.PersistAsync(others);
        await _bench.PersistAsync(others.Concat(next), mine);
        Assert.That(_bench.Customer("ann@b.c").Profile.FirstName, Is.EqualTo("Ann"));
    }

    [Test]
    public async Task Conflict_whose_segment_entries_could_not_be_removed_leaves_none_when_its_batch_is_processed_again()
    {
        const string Id = "0190a1b2-0000-7000-8000-000000000001";
        var one = await _bench.NormalizeAsync(_bench.Raw(Event(Ann), Shop, 0, ("event-id", Id), ("producer", "http")));
        var two = await _bench.NormalizeAsync(_bench.Raw(Event(Ann), "store-2", 0, ("event-id", Id)));
        var raced = false;
        _bench.Stores.Fault = (method, tookEffect) =>
        {
            if (method == "InsertAsync" && !tookEffect && !raced)
            {
                raced = true;
                _ = _bench.PersistAsync(one).IsCompletedSuccessfully;
            }

            if (method == "UnindexAsync" && !tookEffect)
                throw new CustomEvents.Pipeline.InfrastructureException("away");
        };
        await Assert.ThrowsAsync<CustomEvents.Pipeline.InfrastructureException>(() => _bench.PersistAsync(two));
        _bench.Stores.Fault = null;
        var outcome = (await _bench.PersistAsync(two)).Single();
        Assert.That(outcome.Rejection?.Error.Code, Is.EqualTo(ErrorCode.EventIdConflict));
        Assert.That(_bench.Stores.IndexedEvents().Select(entry => entry.StoreId), Is.EqualTo(new[] { Shop }));
    }
}
