namespace CustomEvents.MongoDb.Server;

/// <summary>The collections of contract section 11.</summary>
internal static class Collections
{
    public const string Events = "events";
    public const string SegmentIndex = "segment_index";
    public const string Claims = "claims";
    public const string Customers = "customers";
    public const string Catalog = "event_catalog";
    public const string Rejections = "rejections";
    public const string Stores = "stores";
    public const string Keys = "api_keys";
}
