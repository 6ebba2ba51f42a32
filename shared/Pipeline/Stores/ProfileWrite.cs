using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>What a run of events of one raw partition made of a profile.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Profile">The profile as it is to be.</param>
/// <param name="Changes">Which of its fields the run set; may be none, where events cancelled each other out.</param>
/// <param name="ExpectedRevision">The revision that it was made from: the write applies to that one only.</param>
/// <param name="Mark">The position of the run's last event.</param>
public sealed record ProfileWrite(
    CustomerKey Customer, CustomerProfile Profile, ProfileChanges Changes, long ExpectedRevision, Position Mark);
