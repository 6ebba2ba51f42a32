using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="IRejectionStore"/> does.</summary>
public abstract class RejectionStoreSuite : StoreSuite
{
    [Test]
    public async Task Everything_about_a_rejection_is_kept()
    {
        var rejection = Rejected() with
        {
            Pointer = "/data/a~1b",
            Headers = [new("twice", [1]), new("null", null), new("empty", []), new("twice", [0xFF, 0])],
            Payload = new byte[] { 0, 0xFF, 0x7B },
        };
        await Stores.Rejections.AddAsync([rejection], None);

        Same(await Stores.Rejections.FindAsync(rejection.Id, None), rejection);
        Assert.That(await Stores.Rejections.FindAsync(rejection.Id + "x", None), Is.Null);
        await Stores.Rejections.AddAsync([], None);
    }

    [Test]
    public async Task What_may_be_absent_is_absent()
    {
        var rejection = Rejected() with { StoreId = null, SourcePartition = null, SourceOffset = null, Payload = default };
        await Stores.Rejections.AddAsync([rejection], None);

        Same(await Stores.Rejections.FindAsync(rejection.Id, None), rejection);
    }

    [Test]
    public async Task One_that_is_there_is_renewed()
    {
        var first = Rejected();
        await Stores.Rejections.AddAsync([first], None);
        await Stores.Rejections.MarkReplayedAsync(first.Id, first.RejectedAt, T0.AddHours(1), None);
        Assert.That((await Stores.Rejections.FindAsync(first.Id, None))!.ReplayedAt, Is.EqualTo(T0.AddHours(1)));
        var again = first with { RejectedAt = T0.AddHours(2), Code = ErrorCode.UnknownStore, Detail = "again" };
        await Stores.Rejections.AddAsync([again], None);

        Same(await Stores.Rejections.FindAsync(first.Id, None), again);
        Assert.That(await ListAsync(new(Store)), Has.Count.EqualTo(1));
        await Stores.Rejections.MarkReplayedAsync("nobody", T0, T0, None);
        Assert.That(await Stores.Rejections.FindAsync("nobody", None), Is.Null);
    }

    [Test]
    public async Task One_that_was_refused_again_before_its_replay_is_noted_counts_as_refused()
    {
        var first = Rejected();
        await Stores.Rejections.AddAsync([first with { RejectedAt = T0.AddMilliseconds(1) }], None);
        await Stores.Rejections.MarkReplayedAsync(first.Id, first.RejectedAt, T0.AddHours(1), None);

        Assert.That((await Stores.Rejections.FindAsync(first.Id, None))!.ReplayedAt, Is.Null);
    }

    [Test]
    public async Task Those_of_some_ids_are_looked_up_without_their_payloads()
    {
        var all = Enumerable.Range(0, 3).Select(i => Rejected(i)).ToList();
        await Stores.Rejections.AddAsync(all, None);

        var found = await Stores.Rejections.LookUpAsync([all[0].Id, "nobody", all[2].Id, all[2].Id], None);
        Assert.That(found.Select(one => (one.Id, one.RejectedAt, one.Payload.Length)), Is.EquivalentTo(new[] { (all[0].Id, all[0].RejectedAt, 0), (all[2].Id, all[2].RejectedAt, 0) }));
        Assert.That(await Stores.Rejections.LookUpAsync([], None), Is.Empty);
    }

    [Test]
    public async Task They_are_counted_by_code_from_a_time_on()
    {
        // The count is over all stores: a time that only this test uses.
        var from = new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await Stores.Rejections.AddAsync(
            [.. Enumerable.Range(-1, 5).Select(i => Rejected() with { RejectedAt = from.AddMinutes(i), Code = i == 2 ? ErrorCode.TooDeep : ErrorCode.Required })], None);

        Assert.That(
            await Stores.Rejections.CountAsync(from, None), Is.EqualTo(new Dictionary<ErrorCode, long> { [ErrorCode.Required] = 3, [ErrorCode.TooDeep] = 1 }));
    }

    [Test]
    public async Task Lists_are_newest_first_and_filtered()
    {
        var all = Enumerable.Range(0, 6).Select(i => Rejected(i) with { Code = i % 2 == 0 ? ErrorCode.Required : ErrorCode.InvalidJson }).ToList();
        var elsewhere = Rejected(9) with { StoreId = Store + "x" };
        await Stores.Rejections.AddAsync([.. all, elsewhere], None);
        var newest = all.AsEnumerable().Reverse().ToList();

        Assert.That(await ListAsync(new(Store)), Is.EqualTo(newest.Select(r => r.Id)));
        Assert.That(await ListAsync(new(Store, ErrorCode.Required)), Is.EqualTo(newest.Where(r => r.Code == ErrorCode.Required).Select(r => r.Id)));
        Assert.That(await ListAsync(new(Store, Since: T0.AddMinutes(4))), Is.EqualTo(newest.Take(2).Select(r => r.Id)));
        Assert.That(await ListAsync(new(Store, EventId: all[3].EventId)), Is.EqualTo(new[] { all[3].Id }));
        Assert.That(await ListAsync(new(EventId: elsewhere.EventId)), Is.EqualTo(new[] { elsewhere.Id }));
    }

    [Test]
    public async Task Writers_of_one_rejection_at_once_leave_one()
    {
        var rejections = Enumerable.Range(0, 10).Select(i => Rejected(i)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Stores.Rejections.AddAsync(rejections, None))));
        Assert.That(await ListAsync(new(Store)), Has.Count.EqualTo(10));
    }

    private static void Same(Rejection? read, Rejection expected)
    {
        Assert.That(read, Is.Not.Null);
        Assert.That(read! with { Headers = expected.Headers, Payload = expected.Payload }, Is.EqualTo(expected));
        Assert.That(read.Payload.ToArray(), Is.EqualTo(expected.Payload.ToArray()));
        Assert.That(read.Headers.Select(h => (h.Key, h.Value is null ? null : Convert.ToHexString(h.Value))),
            Is.EqualTo(expected.Headers.Select(h => (h.Key, h.Value is null ? null : Convert.ToHexString(h.Value)))));
    }

    private Rejection Rejected(int minutes = 0) => new(
        Guid.NewGuid().ToString("N"), Store, "normalizer", ErrorCode.Required, "what \"was\" expected", null, T0.AddMinutes(minutes), Guid.NewGuid(),
        "events.raw", 4, 1L << 40, [new("h", [1, 2])], new byte[] { 1 });

    private async Task<List<string>> ListAsync(RejectionFilter filter)
    {
        var ids = new List<string>();
        await foreach (var rejection in Stores.Rejections.ListAsync(filter, None))
        {
            Assert.That(rejection.Payload.IsEmpty, Is.True, "a listing moves no payloads");
            ids.Add(rejection.Id);
        }

        return ids;
    }
}
