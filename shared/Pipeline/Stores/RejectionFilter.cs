using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Which rejections; what is null is any.</summary>
public sealed record RejectionFilter(string? StoreId = null, ErrorCode? Code = null, DateTime? Since = null, Guid? EventId = null);
