using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>A customer's profile as it is stored.</summary>
/// <param name="Profile">The profile; the caller's own copy.</param>
/// <param name="Revision">Which write it is of; every write of the profile makes it one more, 0 where there was none.</param>
/// <param name="Marks">The position of the last event that patched it, one for each raw partition that any came from.</param>
public sealed record StoredProfile(CustomerProfile Profile, long Revision, IReadOnlyList<Position> Marks)
{
    /// <summary>The offset of the last event of a raw partition that patched it; null where none did.</summary>
    public long? Mark(Position position)
    {
        // A store's events come from one partition, from others only by hand: there is one, rarely more.
        for (var i = 0; i < Marks.Count; i++)
        {
            if (Marks[i].IsComparableTo(position))
                return Marks[i].Offset;
        }

        return null;
    }

    /// <summary>What is stored once a write was made over it.</summary>
    public StoredProfile After(ProfileWrite write) =>
        new(write.Profile, write.ExpectedRevision + 1, [.. Marks.Where(mark => !mark.IsComparableTo(write.Mark)), write.Mark]);
}
