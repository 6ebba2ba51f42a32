using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>A row of the segment index before its key has a number. Texts lie in the encoded event's buffer.</summary>
internal readonly record struct SegmentEntry(int KeyStart, int KeyLength, PropertyKind Kind, long Bits, int TextStart, int TextLength);
