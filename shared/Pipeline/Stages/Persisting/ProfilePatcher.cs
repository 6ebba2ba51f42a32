using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Stages.Persisting;

/// <summary>
/// Patches the profiles of a batch, one write for each customer, merged in order (contract section 6, "Profile"). A write applies only over the
/// revision that it was made from, and takes along the position of its last event; events at or before a profile's mark
/// are part of it already. So nothing is applied twice and nothing goes backwards, whoever else writes.
/// </summary>
internal sealed partial class ProfilePatcher(IProfileStore store, ILogger logger)
{
    // Of one partition, and there are dozens of lanes.
    private const long CacheBytes = 4 * 1024 * 1024;

    // What is read for one round of a batch, of whose customers each may have a profile of 15 MiB.
    private const long RoundBytes = 16 * 1024 * 1024;
    private const int MaxAttempts = 20;
    private readonly GenerationalCache<CustomerKey, StoredProfile> _cache = new(CacheBytes);

    /// <summary>Patches, and returns the events that no profile can take, for its size.</summary>
    /// <exception cref="InfrastructureException">The store is away; some may be patched.</exception>
    public async Task<IReadOnlyDictionary<Guid, EventError>> PatchAsync(
        IReadOnlyList<NormalizedEvent> events, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<Guid, EventError>();
        var pending = new Dictionary<CustomerKey, Queue<NormalizedEvent>>();
        foreach (var normalized in events)
        {
            if (!Patches(normalized))
                continue;
            var key = new CustomerKey(normalized.StoreId, normalized.CustomerId);
            if (!pending.TryGetValue(key, out var queue))
                pending.Add(key, queue = new Queue<NormalizedEvent>());
            queue.Enqueue(normalized);
        }

        for (var conflicts = 0; pending.Count > 0;)
        {
            // A customer whose events come from several raw partitions takes as many rounds as these alternate; only a round in vain counts.
            if (await PatchOnceAsync(pending, refused, cancellationToken))
                conflicts = 0;
            else if (++conflicts == MaxAttempts)
                throw new InfrastructureException($"Profiles of a batch were changed by others {MaxAttempts} times while they were being patched.");
        }

        return refused;
    }

    /// <summary>Forgets a profile, since somebody else wrote events of its customer: what it remembers may be from before them.</summary>
    public void Forget(string storeId, CustomerId customerId) => _cache.Remove(new CustomerKey(storeId, customerId));

    private static bool Patches(NormalizedEvent normalized)
    {
        var patch = normalized.Event;
        return normalized.IdentifierAdded || patch.FirstName is not null || patch.LastName is not null
            || patch.Location.Count > 0 || patch.CustomFields.Count > 0;
    }

    /// <summary>One run of each customer whose profile fits into the round; whether any was taken off.</summary>
    private async Task<bool> PatchOnceAsync(
        Dictionary<CustomerKey, Queue<NormalizedEvent>> pending, Dictionary<Guid, EventError> refused, CancellationToken cancellationToken)
    {
        var profiles = await ReadAsync(pending.Keys, cancellationToken);
        var runs = new List<Run>(pending.Count);
        var isAnyDone = false;
        foreach (var (key, queue) in pending)
        {
            if (!profiles.Found.TryGetValue(key, out var stored))
            {
                // It has its turn in another round.
                if (!profiles.IsWhole)
                    continue;
                // Erased since it was resolved: the events stay, and there is nobody to patch.
                LogMissingCustomer(logger, key.StoreId, key.CustomerId);
                PipelineCounters.MissingCustomers.Add(1);
                pending.Remove(key);
                isAnyDone = true;
                continue;
            }

            var run = Merge(key, stored, queue, refused);
            if (run.Write is null)
            {
                pending.Remove(key);
                isAnyDone = true;
                _cache.Set(key, stored, Weigh(stored));
            }
            else
            {
                runs.Add(run);
            }
        }

        if (runs.Count == 0)
            return isAnyDone;
        var outcomes = await store.WriteAsync(runs.ConvertAll(run => run.Write!), cancellationToken);
        for (var i = 0; i < runs.Count; i++)
        {
            var (write, stored, taken) = (runs[i].Write!, runs[i].Stored, runs[i].Taken);
            if (outcomes[i] != ProfileWriteOutcome.Written)
                continue;
            isAnyDone = true;
            var queue = pending[write.Customer];
            for (var k = 0; k < taken; k++)
                queue.Dequeue();
            if (queue.Count == 0)
                pending.Remove(write.Customer);
            var written = stored.After(write);
            _cache.Set(write.Customer, written, Weigh(written));
        }

        return isAnyDone;
    }

    /// <summary>
    /// Applies the events at the head of a queue that come from one raw partition, in order, to the profile itself. What they change not at all is not written;
    /// but where one changes something that another changes back, the mark has to move.
    /// </summary>
    private static Run Merge(CustomerKey key, StoredProfile stored, Queue<NormalizedEvent> queue, Dictionary<Guid, EventError> refused)
    {
        var profile = stored.Profile;
        var changes = new ProfileChanges();
        var isChanged = false;
        var taken = 0;
        Position? last = null;
        foreach (var normalized in queue)
        {
            if (last is { } before && !before.IsComparableTo(normalized.Position))
            {
                if (isChanged)
                    break;
                last = null;
            }

            taken++;
            // Before the mark is looked at: an event that was refused is refused again after a later one of its batch moved the mark past it.
            if (!Fits(profile, normalized))
            {
                refused[normalized.EventId] = new EventError(
                    "/customer", ErrorCode.TooLarge, $"With this event the customer's profile would be larger than {Limits.MaxProfileBytes} bytes.");
                continue;
            }

            refused.Remove(normalized.EventId);
            var position = normalized.Position;
            if (position.Offset <= stored.Mark(position))
                continue;
            last = position;
            isChanged |= profile.Apply(normalized.Event, normalized.IdentifierAdded, normalized.ReceivedAt, changes);
        }

        return new Run(stored, taken, isChanged ? new ProfileWrite(key, profile, changes, stored.Revision, last!.Value) : null);
    }

    private static bool Fits(CustomerProfile profile, NormalizedEvent normalized)
    {
        // A field takes at most a few times its JSON; only where that might be too much is it measured.
        if (profile.EstimatedBytes + 4L * normalized.Event.Source.Length < Limits.MaxProfileBytes)
            return true;
        var trial = profile.Copy();
        trial.Apply(normalized.Event, normalized.IdentifierAdded, normalized.ReceivedAt, new ProfileChanges());
        return trial.EstimatedBytes <= Limits.MaxProfileBytes;
    }

    private async Task<ReadProfiles> ReadAsync(
        Dictionary<CustomerKey, Queue<NormalizedEvent>>.KeyCollection keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<CustomerKey, StoredProfile>(keys.Count);
        var missing = new List<CustomerKey>();
        foreach (var key in keys)
        {
            // Taken out: it is going to be changed, and until it is known what became of the write nothing is known of it.
            if (_cache.TryTake(key, out var cached))
                found.Add(key, cached);
            else
                missing.Add(key);
        }

        if (missing.Count == 0)
            return new ReadProfiles(found, IsWhole: true);
        var read = await store.ReadAsync(missing, RoundBytes, cancellationToken);
        foreach (var (key, stored) in read.Found)
            found.Add(key, stored);
        return new ReadProfiles(found, read.IsWhole);
    }

    private static long Weigh(StoredProfile stored) => 512 + 2 * stored.Profile.EstimatedBytes;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Customer {CustomerId} of store {StoreId} is not there: an event's profile patch was left out.")]
    private static partial void LogMissingCustomer(ILogger logger, string storeId, CustomerId customerId);

    private readonly record struct Run(StoredProfile Stored, int Taken, ProfileWrite? Write);
}
