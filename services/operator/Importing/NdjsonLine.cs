namespace CustomEvents.Operator.Importing;

/// <summary>A line of the file that is not blank.</summary>
/// <param name="Number">Its number, from 1; blank lines are counted.</param>
/// <param name="Offset">Where it begins in the file, bytes.</param>
/// <param name="Length">How long it is without its end, bytes.</param>
/// <param name="Text">Its bytes without blanks around them; empty where it is too long. They stay as they are until the next line is read.</param>
/// <param name="IsTooLong">Whether it is longer than an event may be.</param>
internal readonly record struct NdjsonLine(long Number, long Offset, long Length, ReadOnlyMemory<byte> Text, bool IsTooLong);
