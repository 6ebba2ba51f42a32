using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>That a store's event was seen, and a key of it with a type.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="EventName">The event's name.</param>
/// <param name="Key">A segmentable key; null where only the name is new.</param>
/// <param name="Type"><c>string</c>, <c>number</c>, <c>boolean</c> or <c>date</c>; null with <paramref name="Key"/>.</param>
/// <param name="FirstSeenAt">The <c>receivedAt</c> of the event, UTC.</param>
public readonly record struct CatalogEntry(string StoreId, string EventName, string? Key, string? Type, DateTime FirstSeenAt)
{
    /// <summary>The catalog's name of a type: integers and doubles are both <c>number</c>.</summary>
    public static string? TypeOf(PropertyKind kind) => kind switch
    {
        PropertyKind.String => "string",
        PropertyKind.Integer or PropertyKind.Double => "number",
        PropertyKind.Boolean => "boolean",
        PropertyKind.Date => "date",
        PropertyKind.Json => null,
    };
}
