namespace CustomEvents.Operator.Importing;

/// <summary>A line that was refused.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">How long it is in the file.</param>
/// <param name="Errors">Why: a JSON array as the API's <c>errors</c>, pointers into the event.</param>
internal readonly record struct RefusedLine(long Number, long Offset, long Length, string Errors);
