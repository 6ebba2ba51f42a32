using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;

namespace CustomEvents.Tests.MongoDb;

[TestFixture]
public sealed class CallGroupTests
{
    private readonly List<int[]> _calls = [];
    private SemaphoreSlim _gate = null!;

    [SetUp]
    public void Begin()
    {
        _calls.Clear();
        _gate = new SemaphoreSlim(0);
    }

    [TearDown]
    public void End() => _gate.Dispose();

    [Test]
    public async Task What_comes_while_calls_are_under_way_goes_together_and_each_caller_gets_its_own()
    {
        var group = new CallGroup<int, int[]>(AnswerAsync, 100);
        var callers = Enumerable.Range(0, 6).Select(i => group.RunAsync([10 * i, (10 * i) + 1], CancellationToken.None)).ToArray();

        Assert.That(_calls, Has.Count.EqualTo(2), "two side by side, at once");
        _gate.Release(3);
        for (var i = 0; i < callers.Length; i++)
        {
            var (result, first) = await callers[i];
            Assert.That(result[first..(first + 2)], Is.EqualTo(new[] { -10 * i, -((10 * i) + 1) }));
        }

        Assert.That(_calls, Has.Count.EqualTo(3));
        Assert.That(_calls[2], Is.EqualTo(new[] { 20, 21, 30, 31, 40, 41, 50, 51 }));
    }

    [Test]
    public async Task No_more_go_together_than_may_and_a_caller_with_more_goes_alone()
    {
        var group = new CallGroup<int, int[]>(AnswerAsync, 4);
        int[][] asked = [[1], [2], [3, 4, 5], [6], [7], [8, 9, 10, 11, 12]];
        var callers = asked.Select(items => group.RunAsync(items, CancellationToken.None)).ToArray();
        _gate.Release(asked.Length);

        await Task.WhenAll(callers);
        Assert.That(_calls.Select(call => call.Length), Is.EquivalentTo(new[] { 1, 1, 4, 1, 5 }));
    }

    [Test]
    public async Task A_fault_of_one_is_no_others_and_a_database_that_is_away_is_away_for_all()
    {
        var isAway = true;
        var group = new CallGroup<int, int[]>(
            async (items, cancellationToken) =>
            {
                await _gate.WaitAsync(cancellationToken);
                if (isAway)
                    throw new InfrastructureException("away");
                return items.Contains(13) ? throw new FormatException("13") : [.. items];
            },
            100);

        var away = Callers();
        _gate.Release(3);
        foreach (var caller in away)
            await Assert.ThatAsync(() => caller, Throws.InstanceOf<InfrastructureException>());

        isAway = false;
        var callers = Callers();
        _gate.Release(6);
        for (var i = 0; i < callers.Length; i++)
        {
            if (i == 3)
                await Assert.ThatAsync(() => callers[3], Throws.InstanceOf<FormatException>());
            else
                Assert.That((await callers[i]).Result, Does.Contain(10 + i));
        }

        Task<(int[] Result, int First)>[] Callers() => [.. Enumerable.Range(10, 5).Select(i => group.RunAsync([i], CancellationToken.None))];
    }

    [Test]
    public async Task A_call_is_cancelled_once_nobody_wants_it_and_not_before()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var group = new CallGroup<int, int[]>(AnswerAsync, 100, sideBySide: 1);
        var alone = group.RunAsync([1], CancellationToken.None);
        var (one, other) = (group.RunAsync([2], first.Token), group.RunAsync([3], second.Token));
        _gate.Release();
        await alone;
        Assert.That(() => _calls, Has.Count.EqualTo(2).After(10_000, 5));

        await first.CancelAsync();
        await Task.Delay(50);
        Assert.That((one.IsCompleted, other.IsCompleted), Is.EqualTo((false, false)), "one of the two still wants it");
        await second.CancelAsync();
        await Assert.ThatAsync(() => one, Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(() => other, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task What_waits_for_its_call_is_let_go_at_once_and_never_made()
    {
        using var source = new CancellationTokenSource();
        var group = new CallGroup<int, int[]>(AnswerAsync, 100, sideBySide: 1);
        var running = group.RunAsync([1], CancellationToken.None);
        var (lost, kept) = (group.RunAsync([2], source.Token), group.RunAsync([3], CancellationToken.None));

        await source.CancelAsync();
        await Assert.ThatAsync(() => lost, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(running.IsCompleted, Is.False);
        _gate.Release(2);
        await running;
        Assert.That((await kept).Result, Is.EqualTo(new[] { -3 }));
        Assert.That(_calls, Has.Count.EqualTo(2));
    }

    private async Task<int[]> AnswerAsync(IReadOnlyList<int> items, CancellationToken cancellationToken)
    {
        lock (_calls)
            _calls.Add([.. items]);
        await _gate.WaitAsync(cancellationToken);
        return [.. items.Select(item => -item)];
    }
}
