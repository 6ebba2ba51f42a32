using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>A customer's profile as it is stored.</summary>
/// <param name="Profile">The profile; the caller's own copy.</param>
/// <param name="Revision">Which write it is of; every write of the profile makes it one more, 0 where there was none.</param>
/// <param name="Marks">For each raw partition the highest offset that patched it.</param>
public sealed record StoredProfile(CustomerProfile Profile, long Revision, IReadOnlyDictionary<(Guid TopicId, int Partition), long> Marks);
