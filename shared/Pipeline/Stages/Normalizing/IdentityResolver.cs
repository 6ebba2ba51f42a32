using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>
/// Finds or makes the customers of a batch in the order of the log (contract section 6, "Identity"). What it decides it decides again
/// the same way when the batch is read again, whatever of it was written before and whatever came behind it: an identifier
/// that a later offset of the same partition put on a customer is not seen, and the ids of new customers derive from their events.
/// </summary>
internal sealed class IdentityResolver(ICustomerDirectory directory, TimeProvider time)
{
    /// <summary>How long a customer is remembered without being read again: for so long an event may still name one who was erased.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    // Of one partition: what is older than MaxAge is of no use, and there are dozens of lanes.
    private const int Capacity = 20_000;
    private const int MaxAttempts = 20;
    private readonly GenerationalCache<Identifier, CustomerKey> _keys = new(2 * Capacity);
    private readonly GenerationalCache<CustomerKey, (IdentifiedCustomer Customer, long ReadAt)> _customers = new(Capacity);

    // Of the one batch that is in work.
    private readonly IdentityPlan _plan = new();
    private readonly Dictionary<CustomerKey, (IdentifiedCustomer Customer, long ReadAt)> _remembered = [];

    /// <summary>One result for each request, in order; when it returns, what it wrote is acknowledged.</summary>
    /// <exception cref="InfrastructureException">The directory is away.</exception>
    public async Task<ResolvedIdentity[]> ResolveAsync(IReadOnlyList<IdentityRequest> requests, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // A write that lost a race means that somebody else wrote: everything is read afresh and decided again.
            _plan.Clear();
            var now = time.GetTimestamp();
            await LoadAsync(requests, useCache: attempt == 0, cancellationToken);
            var results = new ResolvedIdentity[requests.Count];
            for (var i = 0; i < results.Length; i++)
                results[i] = _plan.Resolve(requests[i]);
            if (await WriteAsync(cancellationToken))
            {
                foreach (var customer in _plan.Customers)
                    Remember(customer, now);
                return results;
            }

            foreach (var customer in _plan.Customers)
                _customers.Remove(customer.Key);
        }

        throw new InfrastructureException($"The identities of a batch were changed by others {MaxAttempts} times while it was being resolved.");
    }

    private void Remember(IdentifiedCustomer customer, long now)
    {
        var isRemembered = _remembered.TryGetValue(customer.Key, out var known);
        if (isRemembered && ReferenceEquals(known.Customer, customer))
            return;
        _customers.Set(customer.Key, (customer, isRemembered ? known.ReadAt : now));
        foreach (var identifier in customer.Identifiers())
            _keys.Set(identifier, customer.Key);
    }

    /// <summary>Gives the plan what is known.</summary>
    private async Task LoadAsync(IReadOnlyList<IdentityRequest> requests, bool useCache, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<Identifier>();
        _remembered.Clear();
        foreach (var request in requests)
        {
            foreach (var kind in IdentityRequest.Kinds)
            {
                if (request.Of(kind) is not { } identifier)
                    continue;
                if (useCache && _keys.TryGet(identifier, out var key) && _customers.TryGet(key, out var known) && time.GetElapsedTime(known.ReadAt) < MaxAge)
                {
                    if (_remembered.TryAdd(key, known))
                        _plan.Add(known.Customer);
                }
                else
                {
                    wanted.Add(identifier);
                }
            }
        }

        if (wanted.Count > 0)
        {
            foreach (var customer in await directory.FindAsync(wanted, cancellationToken))
                _plan.Add(customer);
        }
    }

    private async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        var isWhole = true;
        var (created, links) = (_plan.Created, _plan.Links);
        if (created.Count > 0)
        {
            foreach (var wasMade in await directory.CreateAsync(created, cancellationToken))
                isWhole &= wasMade;
        }

        // Links of a later event may rest on a customer that was not made: they wait for the next attempt.
        if (isWhole && links.Count > 0)
        {
            foreach (var wasPut in await directory.LinkAsync(links, cancellationToken))
                isWhole &= wasPut;
        }

        return isWhole;
    }
}
