using System.Runtime.InteropServices;

namespace CustomEvents.Events.Parsing;

/// <summary>
/// The member names of an event's objects, to find those that stand twice. One open hash table serves all objects of
/// all events: a slot belongs to the object whose number it has, so that nothing is cleared between events.
/// </summary>
internal sealed class MemberNames
{
    private const int SmallTable = 256;
    private const int LargestKept = 4_096;

    private Slot[] _slots = new Slot[SmallTable];
    private byte[] _unescaped = new byte[256];
    private int _unescapedLength;
    private int _count;
    private int _lastObject;
    private int _lastObjectBefore;

    /// <summary>Begins an event; memory that a huge one took is given back.</summary>
    public void Reset()
    {
        if (_slots.Length > LargestKept || _lastObject > int.MaxValue / 2)
        {
            _slots = new Slot[SmallTable];
            _lastObject = 0;
        }
        if (_unescaped.Length > LargestKept * 16)
            _unescaped = new byte[256];
        _lastObjectBefore = _lastObject;
        _count = 0;
        _unescapedLength = 0;
    }

    /// <summary>A number for an object that begins.</summary>
    public int NextObject() => ++_lastObject;

    /// <summary>A name's text without its escapes; it stays until the event ends. False where a surrogate stands alone.</summary>
    public bool Unescape(ReadOnlySpan<byte> raw, out int start, out ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length - _unescapedLength < raw.Length)
            Array.Resize(ref _unescaped, Math.Max(_unescaped.Length * 2, _unescapedLength + raw.Length));
        start = _unescapedLength;
        var valid = Utf8Text.Unescape(raw, _unescaped.AsSpan(start), out var length);
        _unescapedLength += length;
        text = _unescaped.AsSpan(start, length);
        return valid;
    }

    /// <summary>Adds a name of an object; false where the object has it already.</summary>
    /// <param name="source">The event's bytes.</param>
    /// <param name="name">The name's text.</param>
    /// <param name="start">Where it stands in the source, or the complement of where <see cref="Unescape"/> put it.</param>
    /// <param name="owner">The object's number.</param>
    public bool Add(ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, int start, int owner)
    {
        var hash = Hash(name) ^ (owner * -1640531527);
        var mask = _slots.Length - 1;
        var index = hash & mask;
        while (_slots[index].Owner > _lastObjectBefore)
        {
            ref readonly var slot = ref _slots[index];
            if (slot.Hash == hash && slot.Owner == owner && TextOf(slot, source).SequenceEqual(name))
                return false;
            index = (index + 1) & mask;
        }
        _slots[index] = new Slot(owner, hash, start, name.Length);
        if (++_count * 2 > _slots.Length)
            Grow();
        return true;
    }

    private ReadOnlySpan<byte> TextOf(in Slot slot, ReadOnlySpan<byte> source) =>
        slot.Start >= 0 ? source.Slice(slot.Start, slot.Length) : _unescaped.AsSpan(~slot.Start, slot.Length);

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.Owner <= _lastObjectBefore)
                continue;
            var index = slot.Hash & mask;
            while (_slots[index].Owner != 0)
                index = (index + 1) & mask;
            _slots[index] = slot;
        }
    }

    // The hash of strings (Marvin with a seed drawn at start), so that nobody can prepare names that collide.
    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
        return (name.Length & 1) == 0 ? hash : (hash + (name[^1] * 0x01000193)) ^ 0x2C1B3C6D;
    }

    private readonly record struct Slot(int Owner, int Hash, int Start, int Length);
}
