namespace CustomEvents.IngestApi.Requests;

/// <summary>The two endpoints of contract section 1. Each has a rate limit of its own.</summary>
internal enum IngestEndpoint
{
    /// <summary><c>POST /stores/{storeId}/events</c>: one event.</summary>
    Single,

    /// <summary><c>POST /stores/{storeId}/events/bulk</c>: 1 to 100 events.</summary>
    Bulk,
}
