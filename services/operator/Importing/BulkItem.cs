namespace CustomEvents.Operator.Importing;

/// <summary>A line as it stands in a request.</summary>
/// <param name="Number">The line's number.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">How long it is in the file.</param>
/// <param name="Event">Its event.</param>
internal readonly record struct BulkItem(long Number, long Offset, long Length, ReadOnlyMemory<byte> Event);
