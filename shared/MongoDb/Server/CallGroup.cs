using System.Diagnostics;
using CustomEvents.Pipeline;

namespace CustomEvents.MongoDb.Server;

/// <summary>
/// Calls of one kind, of all lanes: as many as are side by side go at once, and those that come meanwhile go together, as one, as soon as one of them is done. So a quiet pipeline
/// waits for nothing, and a busy one asks the database seldom and for much, however many lanes its events are spread over.
/// </summary>
/// <param name="call">Makes a call for some items. It is cancelled once all of its callers are, and ends by its own time limit.</param>
/// <param name="mostItems">How many items go together; a caller's own are never parted.</param>
/// <param name="sideBySide">How many calls are under way at once.</param>
internal sealed class CallGroup<TItem, TResult>(Func<IReadOnlyList<TItem>, CancellationToken, Task<TResult>> call, int mostItems, int sideBySide = 2)
{
    private readonly Lock _gate = new();
    private readonly Queue<Part> _waiting = new();
    private int _running;

    /// <summary>Makes a call, alone or with others: the result for all of them, and where the caller's own items begin among theirs.</summary>
    /// <exception cref="InfrastructureException">The database is away, for all of them.</exception>
    public async Task<(TResult Result, int First)> RunAsync(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var part = new Part(items, Activity.Current, cancellationToken);
        bool isFree;
        lock (_gate)
        {
            _waiting.Enqueue(part);
            isFree = _running < sideBySide;
            if (isFree)
                _running++;
        }

        if (isFree)
            _ = WorkAsync();
        // What is not begun yet is not waited for.
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(part), null);
        return await part.Completion.Task;
    }

    private void GiveUp(Part part)
    {
        lock (_gate)
        {
            if (part.IsTaken)
                return;
            part.IsGivenUp = true;
        }

        part.Completion.SetCanceled(part.CancellationToken);
    }

    private async Task WorkAsync()
    {
        while (Take() is { } parts)
            await CallAsync(parts);
    }

    private List<Part>? Take()
    {
        lock (_gate)
        {
            var parts = new List<Part>();
            var count = 0;
            while (_waiting.TryPeek(out var next) && (next.IsGivenUp || parts.Count == 0 || count + next.Items.Count <= mostItems))
            {
                _waiting.Dequeue();
                if (next.IsGivenUp)
                    continue;
                next.IsTaken = true;
                count += next.Items.Count;
                parts.Add(next);
            }

            if (parts.Count > 0)
                return parts;
            _running--;
            return null;
        }
    }

    private async Task CallAsync(List<Part> parts)
    {
        // What is done for several is part of nobody's trace.
        Activity.Current = parts.Count == 1 ? parts[0].Trace : null;
        // A lane that was lost must not go on writing until its hundredth command.
        using var unwanted = new CancellationTokenSource();
        var wanting = parts.Count;
        var registrations = parts.ConvertAll(part => part.CancellationToken.UnsafeRegister(
            _ =>
            {
                if (Interlocked.Decrement(ref wanting) == 0)
                    unwanted.Cancel();
            },
            null));
        try
        {
            var result = await call(parts.Count == 1 ? parts[0].Items : [.. parts.SelectMany(part => part.Items)], unwanted.Token);
            var first = 0;
            foreach (var part in parts)
            {
                part.Completion.SetResult((result, first));
                first += part.Items.Count;
            }
        }
        catch (Exception failure) when (parts.Count == 1 || failure is InfrastructureException or OperationCanceledException)
        {
            foreach (var part in parts)
                part.Completion.SetException(failure);
        }
        catch (Exception)
        {
            // Something of one of them is at fault, and the others have nothing to do with it.
            foreach (var part in parts)
                await CallAsync([part]);
        }
        finally
        {
            foreach (var registration in registrations)
                registration.Dispose();
        }
    }

    private sealed record Part(IReadOnlyList<TItem> Items, Activity? Trace, CancellationToken CancellationToken)
    {
        public bool IsTaken { get; set; }

        public bool IsGivenUp { get; set; }

        // A caller goes on with its work elsewhere: the next call is not to wait for that.
        public TaskCompletionSource<(TResult Result, int First)> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Calls whose result has a place for each item.</summary>
internal static class CallGroupExtensions
{
    /// <summary>Makes a call, alone or with others: the results of the caller's own items, in order.</summary>
    public static async Task<IReadOnlyList<T>> RunForOwnAsync<TItem, T>(
        this CallGroup<TItem, T[]> group, IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        var (results, first) = await group.RunAsync(items, cancellationToken);
        return new ArraySegment<T>(results, first, items.Count);
    }
}
