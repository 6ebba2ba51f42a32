using System.Text;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class StoresTests
{
    private static readonly DateTime Noon = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Topic = new("11111111-2222-3333-4444-555555555555");
    private static readonly CustomerKey Ann = new("shop", Id(1));
    private string _path = null!;
    private OpenFolder _folder = null!;

    [SetUp]
    public void Open()
    {
        _path = OpenFolder.NewPath();
        _folder = OpenFolder.Pipeline(_path);
    }

    [TearDown]
    public void Close()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Test]
    public async Task The_first_claim_of_a_uniqueId_has_it_and_each_store_for_itself()
    {
        var claims = _folder.Get<IClaimStore>();
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await claims.ClaimAsync([new("shop", "u", first)], default);
        Assert.That(
            await claims.ClaimAsync([new("shop", "u", second), new("shop", "U", second), new("other", "u", second), new("shop", "u\0x", second)], default),
            Is.EqualTo(new[] { first, second, second, second }));
        Assert.That(await claims.ClaimAsync([new("shop", "u", first)], default), Is.EqualTo(new[] { first }));
        Assert.That(await claims.FindAsync("shop", "u", default), Is.EqualTo(first));
        Assert.That(await claims.FindAsync("nowhere", "u", default), Is.Null);
    }

    [Test]
    public async Task A_customer_is_found_by_each_identifier_with_the_positions_that_put_it_there()
    {
        var directory = _folder.Get<ICustomerDirectory>();
        var ann = new IdentifiedCustomer(Ann, At(5), Noon, new PlacedIdentifier("ann@shop.example", At(5)), null);
        Assert.That(await directory.CreateAsync([ann], default), Is.EqualTo(new[] { true }));
        var phone = new PlacedIdentifier("+15550100", At(9));
        Assert.That(await directory.LinkAsync([new IdentifierLink(Ann, IdentifierKind.PhoneNumber, phone)], default), Is.EqualTo(new[] { true }));

        var whole = ann with { PhoneNumber = phone };
        foreach (var identifier in new Identifier[]
        {
            new("shop", IdentifierKind.Id, Ann.CustomerId.ToString()), new("shop", IdentifierKind.Email, "ann@shop.example"), new("shop", IdentifierKind.PhoneNumber, "+15550100"),
        })
        {
            Assert.That(await directory.FindAsync([identifier, new("other", identifier.Kind, identifier.Value)], default), Is.EqualTo(new[] { whole }));
        }

        Assert.That(
            await directory.FindAsync([new("shop", IdentifierKind.Email, "ann@shop.example"), new("shop", IdentifierKind.PhoneNumber, "+15550100")], default),
            Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Whoever_takes_an_identifier_of_somebody_else_gets_nothing()
    {
        var directory = _folder.Get<ICustomerDirectory>();
        IdentifiedCustomer Customer(int id, string? email, string? phone) => new(
            new CustomerKey("shop", Id(id)), At(id), Noon, email is null ? null : new PlacedIdentifier(email, At(id)), phone is null ? null : new PlacedIdentifier(phone, At(id)));

        Assert.That(
            await directory.CreateAsync(
                [Customer(1, "a@x.example", "+15550101"), Customer(1, "b@x.example", null), Customer(2, "a@x.example", "+15550102"), Customer(3, null, "+15550101"), Customer(4, null, null)], default),
            Is.EqualTo(new[] { true, false, false, false, true }));
        Assert.That(
            await directory.LinkAsync(
                [
                    new(new CustomerKey("shop", Id(4)), IdentifierKind.Email, new PlacedIdentifier("a@x.example", At(10))),
                    new(new CustomerKey("shop", Id(4)), IdentifierKind.Email, new PlacedIdentifier("d@x.example", At(11))),
                    new(new CustomerKey("shop", Id(4)), IdentifierKind.Email, new PlacedIdentifier("e@x.example", At(12))),
                    new(new CustomerKey("shop", Id(9)), IdentifierKind.Email, new PlacedIdentifier("f@x.example", At(13))),
                ],
                default),
            Is.EqualTo(new[] { false, true, false, false }));
    }

    [Test]
    public async Task A_profile_is_written_over_the_revision_it_was_made_from_and_comes_back_value_by_value()
    {
        await CreateAnnAsync();
        var store = _folder.Get<IProfileStore>();
        var profile = (await store.ReadAsync([Ann], long.MaxValue, default)).Found[Ann].Profile;
        profile.FirstName = "Ann \"A\" ☃";
        profile.UpdatedAt = Noon.AddSeconds(1);
        profile.Location["latitude"] = ProfileValue.Of(52d);
        profile.Location["city"] = ProfileValue.Of("Köln");
        profile.CustomFields["a.b"] = ProfileValue.Of(5L);
        profile.CustomFields["$set"] = ProfileValue.Of(1e300);
        profile.CustomFields["early"] = ProfileValue.Of(new DateTime(1, 1, 1, 0, 0, 0, 7, DateTimeKind.Utc));
        profile.CustomFields["late"] = ProfileValue.Of(Noon.AddMilliseconds(7));
        profile.CustomFields["no"] = ProfileValue.Of(false);
        profile.CustomFields["dateless"] = ProfileValue.Of("2026-04-02T12:00:00Z");
        profile.CustomFields[""] = ProfileValue.Of("");
        Assert.That(await WriteAsync(profile, 0, 7), Is.EqualTo(ProfileWriteOutcome.Written));
        Assert.That(await WriteAsync(profile, 0, 8), Is.EqualTo(ProfileWriteOutcome.Conflict));
        Assert.That(await WriteAsync(profile, 1, 6), Is.EqualTo(ProfileWriteOutcome.Written));
        Assert.That((await store.WriteAsync([new ProfileWrite(new CustomerKey("shop", Id(9)), profile, new ProfileChanges(), 0, At(1))], default))[0], Is.EqualTo(ProfileWriteOutcome.NoCustomer));

        var read = await store.ReadAsync([Ann, new CustomerKey("shop", Id(9))], long.MaxValue, default);
        Assert.That(read.Found.Keys, Is.EqualTo(new[] { Ann }));
        var stored = read.Found[Ann];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stored.Revision, Is.EqualTo(2));
            Assert.That(stored.Marks, Is.EquivalentTo(new[] { new Position(Topic, 0, 7) }), "a mark never goes back");
            Assert.That(stored.Profile.FirstName, Is.EqualTo(profile.FirstName));
            Assert.That(stored.Profile.LastName, Is.Null);
            Assert.That(stored.Profile.CreatedAt, Is.EqualTo(Noon));
            Assert.That(stored.Profile.UpdatedAt, Is.EqualTo(Noon.AddSeconds(1)));
            Assert.That(stored.Profile.Location, Is.EqualTo(profile.Location));
            Assert.That(stored.Profile.CustomFields, Is.EqualTo(profile.CustomFields));
        }
    }

    [Test]
    public async Task An_event_is_stored_once_and_each_conflict_is_told_apart()
    {
        var store = _folder.Get<IEventStore>();
        var id = Guid.CreateVersion7();
        Assert.That(await InsertAsync("shop", id, "u"), Is.EqualTo(InsertOutcome.Stored));
        Assert.That(await InsertAsync("shop", id, "u"), Is.EqualTo(InsertOutcome.AlreadyStored));
        Assert.That(await InsertAsync("other", id, null), Is.EqualTo(InsertOutcome.EventIdOfAnotherStore));
        Assert.That(await InsertAsync("shop", Guid.CreateVersion7(), "u"), Is.EqualTo(InsertOutcome.UniqueIdTaken));
        Assert.That(await InsertAsync("other", Guid.CreateVersion7(), "u"), Is.EqualTo(InsertOutcome.Stored));
        Assert.That(await store.FindOwnersAsync([id, Guid.CreateVersion7()], default), Is.EquivalentTo(new Dictionary<Guid, string> { [id] = "shop" }));

        var reader = _folder.Get<IEventReader>();
        var found = (await reader.FindByUniqueIdAsync("shop", "u", default))!;
        Assert.That((found.EventId, found.StoreId, found.UniqueId, found.ReceivedAt), Is.EqualTo((id, "shop", "u", Noon)));
        Assert.That(JsonDocument.Parse(found.Json).RootElement.GetProperty("data").GetProperty("k").GetInt32(), Is.EqualTo(1));
        Assert.That(await reader.FindByEventIdAsync("shop", id, default), Is.EqualTo(found));
        Assert.That(await reader.FindByEventIdAsync("other", id, default), Is.Null);
        Assert.That(await reader.FindByUniqueIdAsync("shop", "v", default), Is.Null);
    }

    [Test]
    public async Task Unindexing_an_event_takes_its_own_entries_and_no_others()
    {
        var store = _folder.Get<IEventStore>();
        using var encoder = store.NewEncoder();
        var mine = encoder.Encode(Event("shop", Guid.CreateVersion7(), null, Id(1)));
        var other = encoder.Encode(Event("shop", Guid.CreateVersion7(), null, Id(2)));
        await store.IndexAsync([mine, other], default);
        await store.IndexAsync([mine, other], default);
        await store.UnindexAsync([mine], default);
        var found = new List<CustomerId>();
        await foreach (var customer in _folder.Get<ISegmentReader>().FindCustomersAsync(new("shop", "Seen", "k", SegmentOperator.Exists, null, null), default))
            found.Add(customer);
        Assert.That(found, Is.EqualTo(new[] { Id(2) }));
    }

    [Test]
    public async Task A_customer_is_shown_with_the_number_of_events_and_erased_with_them_while_claims_stay()
    {
        await CreateAnnAsync();
        await _folder.Get<IClaimStore>().ClaimAsync([new("shop", "u", Guid.NewGuid())], default);
        await InsertAsync("shop", Guid.CreateVersion7(), "u");
        var reader = _folder.Get<ICustomerReader>();
        var shown = (await reader.FindAsync(new("shop", IdentifierKind.Email, "ann@shop.example"), default))!;
        Assert.That((shown.Key, shown.Events), Is.EqualTo((Ann, 1L)));
        Assert.That(
            shown.Json,
            Is.EqualTo("""{"storeId":"shop","customerId":{"$oid":"000000000000000000000001"},"email":"ann@shop.example","createdAt":{"$date":"2026-04-02T12:00:00Z"},"updatedAt":{"$date":"2026-04-02T12:00:00Z"}}"""));

        Assert.That(await reader.EraseAsync(Ann, default), Is.EqualTo(1));
        Assert.That(await reader.FindAsync(new("shop", IdentifierKind.Email, "ann@shop.example"), default), Is.Null);
        Assert.That(await _folder.Get<IEventReader>().FindByUniqueIdAsync("shop", "u", default), Is.Null);
        Assert.That(await _folder.Get<IClaimStore>().FindAsync("shop", "u", default), Is.Not.Null);
    }

    [Test]
    public async Task The_catalog_lists_keys_and_types_as_they_were_first_seen_up_to_its_bound()
    {
        var catalog = _folder.Get<ICatalogStore>();
        await catalog.AddAsync([new("shop", "B", "z", "number", Noon), new("shop", "B", "a", "string", Noon), new("shop", "A", null, null, Noon)], default);
        await catalog.AddAsync([new("shop", "B", "z", "date", Noon.AddDays(1)), new("shop", "B", "z", "number", Noon.AddDays(1))], default);
        var events = await catalog.ListAsync("shop", default);
        Assert.That(events.Select(e => (e.EventName, e.FirstSeenAt)), Is.EqualTo(new[] { ("A", Noon), ("B", Noon) }));
        Assert.That(events[1].Properties.Select(p => $"{p.Key}: {string.Join('+', p.Types)}"), Is.EqualTo(new[] { "z: number+date", "a: string" }));

        await catalog.AddAsync([.. Enumerable.Range(0, Limits.MaxCatalogProperties + 5).Select(i => new CatalogEntry("shop", "Many", $"k{i}", "number", Noon))], default);
        Assert.That((await catalog.ListAsync("shop", default)).Single(e => e.EventName == "Many").Properties, Has.Count.EqualTo(Limits.MaxCatalogProperties));
        Assert.That(await catalog.ListAsync("other", default), Is.Empty);
    }

    [Test]
    public async Task Rejections_are_listed_newest_first_filtered_and_renewed_under_their_id()
    {
        var store = _folder.Get<IRejectionStore>();
        var eventId = Guid.NewGuid();
        Rejection Rejection(int i, string? shop = "shop", ErrorCode code = ErrorCode.Required) => new(
            $"r{i:00}", shop, "normalizer", code, $"detail {i}", i % 2 == 0 ? "/eventName" : null, Noon.AddSeconds(i), i == 7 ? eventId : Guid.NewGuid(), "events.raw",
            1, i, [new RecordHeader("h", [1, 2]), new RecordHeader("n", null)], Encoding.UTF8.GetBytes($"payload {i}"));

        await store.AddAsync([.. Enumerable.Range(0, 40).Select(i => Rejection(i)), Rejection(90, null, ErrorCode.MissingKey), Rejection(91, "other")], default);
        Assert.That(await IdsAsync(new RejectionFilter("shop")), Is.EqualTo(Enumerable.Range(0, 40).Reverse().Select(i => $"r{i:00}")));
        Assert.That(await IdsAsync(new RejectionFilter()), Has.Count.EqualTo(42));
        Assert.That(await IdsAsync(new RejectionFilter(Code: ErrorCode.MissingKey)), Is.EqualTo(new[] { "r90" }));
        Assert.That(await IdsAsync(new RejectionFilter("shop", Since: Noon.AddSeconds(38))), Is.EqualTo(new[] { "r39", "r38" }));
        Assert.That(await IdsAsync(new RejectionFilter(EventId: eventId)), Is.EqualTo(new[] { "r07" }));

        await store.MarkReplayedAsync("r07", Noon.AddSeconds(7), Noon.AddHours(1), default);
        await store.AddAsync([Rejection(7) with { RejectedAt = Noon.AddHours(2), Detail = "again", EventId = eventId }], default);
        var renewed = (await store.FindAsync("r07", default))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((renewed.Detail, renewed.RejectedAt, renewed.EventId), Is.EqualTo(("again", Noon.AddHours(2), eventId)));
            Assert.That(renewed.ReplayedAt, Is.Null, "it failed again after its replay");
            Assert.That(renewed.Headers.Select(h => (h.Key, h.Value?.Length)), Is.EqualTo(new[] { ("h", (int?)2), ("n", null) }));
            Assert.That(Encoding.UTF8.GetString(renewed.Payload.Span), Is.EqualTo("payload 7"));
            Assert.That((renewed.SourceTopic, renewed.SourcePartition, renewed.SourceOffset, renewed.Pointer), Is.EqualTo(("events.raw", (int?)1, (long?)7, (string?)null)));
            Assert.That(await IdsAsync(new RejectionFilter("shop")), Has.Count.EqualTo(40));
            Assert.That(await store.FindAsync("none", default), Is.Null);
        }

        async Task<List<string>> IdsAsync(RejectionFilter filter)
        {
            var ids = new List<string>();
            await foreach (var rejection in store.ListAsync(filter, default))
                ids.Add(rejection.Id);
            return ids;
        }
    }

    private Task<IReadOnlyList<bool>> CreateAnnAsync() => _folder.Get<ICustomerDirectory>().CreateAsync(
        [new IdentifiedCustomer(Ann, At(1), Noon, new PlacedIdentifier("ann@shop.example", At(1)), null)], default);

    private async Task<ProfileWriteOutcome> WriteAsync(CustomerProfile profile, long revision, long offset) =>
        (await _folder.Get<IProfileStore>().WriteAsync([new ProfileWrite(Ann, profile, new ProfileChanges(), revision, At(offset))], default))[0];

    private async Task<InsertOutcome> InsertAsync(string storeId, Guid eventId, string? uniqueId)
    {
        var store = _folder.Get<IEventStore>();
        using var encoder = store.NewEncoder();
        return (await store.InsertAsync([encoder.Encode(Event(storeId, eventId, uniqueId, Ann.CustomerId))], default))[0];
    }

    private static NormalizedEvent Event(string storeId, Guid eventId, string? uniqueId, CustomerId customer)
    {
        var json = $$"""{"eventName": "Seen", "customer": {"email": "a@b.example"}, "data": {"k": 1}, "uniqueId": {{JsonSerializer.Serialize(uniqueId)}}}""";
        return new NormalizedEvent
        {
            EventId = eventId,
            StoreId = storeId,
            CustomerId = customer,
            ReceivedAt = Noon,
            Producer = "http",
            Topic = "events.raw",
            Position = At(1),
            Event = new EventParser().Parse(Encoding.UTF8.GetBytes(json), [])!,
        };
    }

    private static Position At(long offset) => new(Topic, 0, offset);

    private static CustomerId Id(int number) => CustomerId.TryParse(number.ToString("x24", System.Globalization.CultureInfo.InvariantCulture), out var id) ? id : default;
}
