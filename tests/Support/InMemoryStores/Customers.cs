using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : ICustomerDirectory, IProfileStore, ICustomerReader
{
    private readonly Dictionary<CustomerKey, Customer> _customers = [];
    private readonly Dictionary<Identifier, CustomerKey> _holders = [];

    /// <summary>Every customer with its identifiers and profile, as a reader sees it.</summary>
    public IReadOnlyList<(IdentifiedCustomer Identity, CustomerProfile Profile)> AllCustomers()
    {
        lock (_lock)
            return [.. _customers.Values.Select(customer => (customer.Identity, customer.Stored.Profile.Copy()))];
    }

    public Task<IReadOnlyList<IdentifiedCustomer>> FindAsync(IReadOnlyCollection<Identifier> identifiers, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<IdentifiedCustomer>>(
            "FindCustomersAsync",
            () => [.. identifiers.Where(_holders.ContainsKey).Select(identifier => _holders[identifier]).Distinct().Select(key => _customers[key].Identity)],
            cancellationToken);

    public Task<IReadOnlyList<bool>> CreateAsync(IReadOnlyList<IdentifiedCustomer> customers, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<bool>>(nameof(CreateAsync), () => [.. customers.Select(Create)], cancellationToken);

    public Task<IReadOnlyList<bool>> LinkAsync(IReadOnlyList<IdentifierLink> links, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<bool>>(nameof(LinkAsync), () => [.. links.Select(Link)], cancellationToken);

    public Task<ReadProfiles> ReadAsync(IReadOnlyCollection<CustomerKey> customers, long maxBytes, CancellationToken cancellationToken) =>
        RunAsync(
            "ReadProfilesAsync",
            () =>
            {
                var found = new Dictionary<CustomerKey, StoredProfile>();
                foreach (var key in customers)
                {
                    if (found.Values.Sum(stored => stored.Profile.EstimatedBytes) >= maxBytes)
                        return new ReadProfiles(found, IsWhole: false);
                    if (_customers.TryGetValue(key, out var customer))
                        found[key] = customer.Stored with { Profile = customer.Stored.Profile.Copy() };
                }

                return new ReadProfiles(found, IsWhole: true);
            },
            cancellationToken);

    public Task<IReadOnlyList<ProfileWriteOutcome>> WriteAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<ProfileWriteOutcome>>("WriteProfilesAsync", () => [.. writes.Select(Write)], cancellationToken);

    public Task<CustomerDocument?> FindAsync(Identifier identifier, CancellationToken cancellationToken) =>
        RunAsync(
            "FindCustomerAsync",
            () => _holders.TryGetValue(identifier, out var key)
                ? new CustomerDocument(
                    key,
                    JsonSerializer.Serialize(new
                    {
                        storeId = key.StoreId,
                        customerId = key.CustomerId.ToString(),
                        email = _customers[key].Identity.Email?.Value,
                        phoneNumber = _customers[key].Identity.PhoneNumber?.Value,
                    }),
                    _events.Values.Count(stored => new CustomerKey(stored.StoreId, stored.CustomerId) == key))
                : null,
            cancellationToken);

    public Task<long> EraseAsync(CustomerKey customer, CancellationToken cancellationToken) =>
        RunAsync<long>(
            nameof(EraseAsync),
            () =>
            {
                _customers.Remove(customer);
                foreach (var identifier in _holders.Where(holder => holder.Value == customer).Select(holder => holder.Key).ToList())
                    _holders.Remove(identifier);
                var events = _events.Values.Where(stored => new CustomerKey(stored.StoreId, stored.CustomerId) == customer).ToList();
                foreach (var stored in events)
                {
                    _events.Remove(stored.EventId);
                    _index.Remove((stored.StoreId, stored.EventId));
                }

                return events.Count;
            },
            cancellationToken);

    private bool Create(IdentifiedCustomer customer)
    {
        if (customer.Identifiers().Any(_holders.ContainsKey))
            return false;
        foreach (var identifier in customer.Identifiers())
            _holders.Add(identifier, customer.Key);
        var profile = new CustomerProfile { CreatedAt = customer.CreatedAt, UpdatedAt = customer.CreatedAt };
        _customers.Add(customer.Key, new Customer(customer, new StoredProfile(profile, 0, [])));
        return true;
    }

    private bool Link(IdentifierLink link)
    {
        var identifier = new Identifier(link.Customer.StoreId, link.Kind, link.Identifier.Value);
        if (!_customers.TryGetValue(link.Customer, out var customer) || _holders.ContainsKey(identifier))
            return false;
        var identity = customer.Identity;
        if ((link.Kind == IdentifierKind.Email ? identity.Email : identity.PhoneNumber) is not null)
            return false;
        identity = link.Kind == IdentifierKind.Email
            ? identity with { Email = link.Identifier }
            : identity with { PhoneNumber = link.Identifier };
        _customers[link.Customer] = customer with { Identity = identity };
        _holders.Add(identifier, link.Customer);
        return true;
    }

    private ProfileWriteOutcome Write(ProfileWrite write)
    {
        if (!_customers.TryGetValue(write.Customer, out var customer))
            return ProfileWriteOutcome.NoCustomer;
        if (customer.Stored.Revision != write.ExpectedRevision)
            return ProfileWriteOutcome.Conflict;
        _customers[write.Customer] = customer with { Stored = customer.Stored.After(write with { Profile = write.Profile.Copy() }) };
        return ProfileWriteOutcome.Written;
    }

    private sealed record Customer(IdentifiedCustomer Identity, StoredProfile Stored);
}
