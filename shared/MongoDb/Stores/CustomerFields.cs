using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;

namespace CustomEvents.MongoDb.Stores;

/// <summary>How <c>customers</c> names things; what begins with <c>_</c> is the pipeline's own.</summary>
internal static class CustomerFields
{
    public const string CreatedBy = "_createdBy";
    public const string Revision = "_revision";
    public const string Writer = "_writer";
    public const string Marks = "_marks";

    /// <summary>The <c>_id</c>: known without asking, so that a look-up by customer needs no other index.</summary>
    public static string Id(CustomerKey key) => $"{key.StoreId}:{key.CustomerId}";

    /// <summary>The field of an identifier.</summary>
    public static string Name(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Id => "customerId",
        IdentifierKind.Email => "email",
        IdentifierKind.PhoneNumber => "phoneNumber",
    };

    /// <summary>The field of the position that put an identifier there.</summary>
    public static string PutBy(IdentifierKind kind) => $"_{Name(kind)}By";

    /// <summary>A mark's field below <see cref="Marks"/>.</summary>
    public static string Mark(Guid topicId, int partition) => $"{topicId:N}_{partition}";

    /// <summary>The other way round.</summary>
    public static Position ParseMark(string name, long offset) =>
        new(Guid.ParseExact(name.AsSpan(0, 32), "N"), int.Parse(name.AsSpan(33), System.Globalization.CultureInfo.InvariantCulture), offset);

    /// <summary>Reads an identifier with its position; null where there is none.</summary>
    public static PlacedIdentifier? Placed(BsonDocument customer, IdentifierKind kind) =>
        customer.ToText(Name(kind)) is { } value ? new PlacedIdentifier(value, customer[PutBy(kind)].ToPosition()) : null;
}
