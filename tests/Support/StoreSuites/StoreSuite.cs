using System.Security.Cryptography;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What the suites of the stores share: the adapter, opened once, and a store (tenant) of its own for each test.</summary>
public abstract class StoreSuite
{
    protected static readonly DateTime T0 = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    protected static readonly Guid Topic = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    private StoresUnderTest? _stores;

    /// <summary>Opens the adapter's stores, empty or not.</summary>
    protected abstract Task<StoresUnderTest> OpenAsync();

    protected StoresUnderTest Stores => _stores!;

    /// <summary>A store id that no other test has.</summary>
    protected string Store { get; private set; } = "";

    [OneTimeSetUp]
    public async Task Open() => _stores = await OpenAsync();

    [OneTimeTearDown]
    public async Task Close()
    {
        if (_stores is not null)
            await _stores.DisposeAsync();
    }

    [SetUp]
    public void NameStore() => Store = $"s-{Guid.NewGuid():N}";

    protected static CancellationToken None => CancellationToken.None;

    protected static Position At(long offset, int partition = 3) => new(Topic, partition, offset);

    protected static CustomerId NewCustomerId() => new(RandomNumberGenerator.GetBytes(12));

    protected CustomerKey NewCustomer() => new(Store, NewCustomerId());

    protected static IdentifiedCustomer Customer(CustomerKey key, long offset = 1, string? email = null, string? phoneNumber = null) => new(
        key, At(offset), T0, email is null ? null : new PlacedIdentifier(email, At(offset)),
        phoneNumber is null ? null : new PlacedIdentifier(phoneNumber, At(offset)));

    /// <summary>A normalized event from the members of its JSON beside the customer.</summary>
    protected NormalizedEvent Event(
        string members = "", string eventName = "placed", CustomerId? customer = null, Guid? eventId = null, string? store = null, long offset = 7)
    {
        var json = $$"""{"eventName":"{{eventName}}","customer":{"email":"a@b.cd"}{{(members.Length == 0 ? "" : ",")}}{{members}}}""";
        var errors = new List<EventError>();
        var parsed = new EventParser().Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.That(errors, Is.Empty, "the test's own event is valid");
        return new NormalizedEvent
        {
            EventId = eventId ?? Guid.NewGuid(),
            StoreId = store ?? Store,
            CustomerId = customer ?? NewCustomerId(),
            ReceivedAt = T0,
            Producer = "http",
            Topic = "events.raw",
            Position = At(offset),
            Event = parsed!,
        };
    }

    /// <summary>Indexes and stores events as the persister does.</summary>
    protected async Task<IReadOnlyList<InsertOutcome>> PersistAsync(params NormalizedEvent[] events)
    {
        using var encoder = Stores.Events.NewEncoder();
        var encoded = events.Select(encoder.Encode).ToList();
        await Stores.Events.IndexAsync(encoded, None);
        return await Stores.Events.InsertAsync(encoded, None);
    }

    /// <summary>The profiles of customers, in their order; null where there is no such customer.</summary>
    protected async Task<IReadOnlyList<StoredProfile?>> ReadProfilesAsync(params CustomerKey[] customers)
    {
        var read = await Stores.Profiles.ReadAsync(customers, long.MaxValue, None);
        Assert.That(read.IsWhole, Is.True);
        return [.. customers.Select(read.Found.GetValueOrDefault)];
    }

    protected async Task<List<CustomerId>> SegmentAsync(SegmentOperator op, ProfileValue? value, string key = "k", DateTime? since = null, string eventName = "placed")
    {
        var found = new List<CustomerId>();
        await foreach (var customer in Stores.Segments.FindCustomersAsync(new SegmentCondition(Store, eventName, key, op, value, since), None))
            found.Add(customer);
        return found;
    }
}
