using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>What is known of the customers of a batch, and what its events make of it, one after the other: the rule of contract section 6 itself.</summary>
internal sealed class IdentityPlan
{
    private readonly Dictionary<CustomerKey, IdentifiedCustomer> _customers = [];
    private readonly Dictionary<Identifier, CustomerKey> _holders = [];
    private readonly HashSet<CustomerKey> _created = [];
    private readonly List<IdentifierLink> _links = [];

    /// <summary>All customers as they are to be.</summary>
    public IEnumerable<IdentifiedCustomer> Customers => _customers.Values;

    /// <summary>Customers to make.</summary>
    public IReadOnlyList<IdentifiedCustomer> Created => [.. _created.Select(key => _customers[key])];

    /// <summary>Identifiers to put on customers that are there.</summary>
    public IReadOnlyList<IdentifierLink> Links => [.. _links];

    /// <summary>Forgets everything, for the next batch.</summary>
    public void Clear()
    {
        _customers.Clear();
        _holders.Clear();
        _created.Clear();
        _links.Clear();
    }

    /// <summary>Takes a customer as it is stored.</summary>
    public void Add(IdentifiedCustomer customer)
    {
        _customers[customer.Key] = customer;
        foreach (var identifier in customer.Identifiers())
            _holders[identifier] = customer.Key;
    }

    /// <summary>Decides one event.</summary>
    public ResolvedIdentity Resolve(in IdentityRequest request)
    {
        // Only where nothing that the event may see names a customer does it make one. That somebody has an identifier
        // which the event may not see means that it was decided before (a partition's first reader made the same choice): he it is.
        var customer = Find(request, mustSee: true) ?? Find(request, mustSee: false);
        if (customer is null)
            return new ResolvedIdentity(Create(request), IdentifierAdded: false);

        customer = Link(customer, IdentifierKind.Email, request.Identity.Email, request.Position);
        customer = Link(customer, IdentifierKind.PhoneNumber, request.Identity.PhoneNumber, request.Position);
        var isAdded = customer.CreatedBy != request.Position
            && (customer.Email?.PutBy == request.Position || customer.PhoneNumber?.PutBy == request.Position);
        return new ResolvedIdentity(customer.Key.CustomerId, isAdded);
    }

    private IdentifiedCustomer? Find(in IdentityRequest request, bool mustSee)
    {
        foreach (var kind in IdentityRequest.Kinds)
        {
            if (request.Of(kind) is { } identifier && _holders.TryGetValue(identifier, out var key))
            {
                var customer = _customers[key];
                var putBy = kind switch
                {
                    IdentifierKind.Id => customer.CreatedBy,
                    IdentifierKind.Email => customer.Email!.Value.PutBy,
                    IdentifierKind.PhoneNumber => customer.PhoneNumber!.Value.PutBy,
                };
                var isSeen = !putBy.IsComparableTo(request.Position) || putBy.Offset <= request.Position.Offset;
                if (isSeen || !mustSee)
                    return customer;
            }
        }

        return null;
    }

    private CustomerId Create(in IdentityRequest request)
    {
        var id = request.Identity.Id ?? NewId(request);
        var customer = new IdentifiedCustomer(
            new CustomerKey(request.StoreId, id), request.Position, request.ReceivedAt,
            request.Identity.Email is { } email ? new PlacedIdentifier(email, request.Position) : null,
            request.Identity.PhoneNumber is { } phoneNumber ? new PlacedIdentifier(phoneNumber, request.Position) : null);
        _created.Add(customer.Key);
        Add(customer);
        return id;
    }

    private IdentifiedCustomer Link(IdentifiedCustomer customer, IdentifierKind kind, string? value, Position position)
    {
        var present = kind == IdentifierKind.Email ? customer.Email : customer.PhoneNumber;
        if (value is null || present is not null || _holders.ContainsKey(new Identifier(customer.Key.StoreId, kind, value)))
            return customer;
        var placed = new PlacedIdentifier(value, position);
        var linked = kind == IdentifierKind.Email ? customer with { Email = placed } : customer with { PhoneNumber = placed };
        if (!_created.Contains(customer.Key))
            _links.Add(new IdentifierLink(customer.Key, kind, placed));
        Add(linked);
        return linked;
    }

    /// <summary>An ObjectId: the second of receipt, then 8 bytes that derive from the event, so that a second attempt makes the same customer.</summary>
    private static CustomerId NewId(in IdentityRequest request)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"customer\n{request.StoreId}\n{request.EventId}"), hash);
        Span<byte> id = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(id, unchecked((uint)new DateTimeOffset(request.ReceivedAt).ToUnixTimeSeconds()));
        hash[..8].CopyTo(id[4..]);
        return new CustomerId(id);
    }
}
