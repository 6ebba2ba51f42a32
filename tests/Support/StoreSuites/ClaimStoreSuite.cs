using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="IClaimStore"/> does.</summary>
public abstract class ClaimStoreSuite : StoreSuite
{
    [Test]
    public async Task The_first_claim_wins_for_ever()
    {
        var first = Guid.NewGuid();
        var second = Guid.NewGuid();

        Assert.That(await Stores.Claims.ClaimAsync([new(Store, "u", first)], None), Is.EqualTo(new[] { first }));
        Assert.That(await Stores.Claims.ClaimAsync([new(Store, "u", second)], None), Is.EqualTo(new[] { first }));
        Assert.That(await Stores.Claims.ClaimAsync([new(Store, "u", first)], None), Is.EqualTo(new[] { first }));
        Assert.That(await Stores.Claims.FindAsync(Store, "u", None), Is.EqualTo(first));
    }

    [Test]
    public async Task A_uniqueId_is_compared_to_the_letter_and_within_its_store()
    {
        string[] uniqueIds = ["a", "A", "a ", " a", "á", "a:b", "$a", "a.b", "a\u0000b", "\u0000", "😀", new('x', 255)];
        var claims = uniqueIds.Select(u => new Claim(Store, u, Guid.NewGuid()))
            .Concat(uniqueIds.Select(u => new Claim(Store + "x", u, Guid.NewGuid()))).ToList();

        Assert.That(await Stores.Claims.ClaimAsync(claims, None), Is.EqualTo(claims.Select(c => c.EventId)));
        foreach (var claim in claims)
            Assert.That(await Stores.Claims.FindAsync(claim.StoreId, claim.UniqueId, None), Is.EqualTo(claim.EventId), claim.UniqueId);
        Assert.That(await Stores.Claims.FindAsync(Store, "b", None), Is.Null);
    }

    [Test]
    public async Task A_batch_tells_the_owner_of_each_in_its_order()
    {
        var old = Enumerable.Range(0, 300).Select(i => new Claim(Store, $"u{i * 2}", Guid.NewGuid())).ToList();
        await Stores.Claims.ClaimAsync(old, None);
        var batch = Enumerable.Range(0, 600).Select(i => new Claim(Store, $"u{i}", Guid.NewGuid())).ToList();

        var owners = await Stores.Claims.ClaimAsync(batch, None);

        Assert.That(owners, Is.EqualTo(batch.Select((claim, i) => i % 2 == 0 ? old[i / 2].EventId : claim.EventId)));
        Assert.That(await Stores.Claims.ClaimAsync([], None), Is.Empty);
    }

    [Test]
    public async Task Of_many_callers_at_once_one_wins_and_all_hear_the_same()
    {
        var callers = Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, 50).Select(i => new Claim(Store, $"u{i}", Guid.NewGuid())).ToList()).ToList();

        var answers = await Task.WhenAll(callers.Select(claims => Task.Run(() => Stores.Claims.ClaimAsync(claims, None))));

        foreach (var answer in answers)
            Assert.That(answer, Is.EqualTo(answers[0]));
        for (var i = 0; i < 50; i++)
            Assert.That(callers.Select(claims => claims[i].EventId), Does.Contain(answers[0][i]));
    }

    [Test]
    public async Task The_first_claim_of_an_event_id_wins_for_ever_whichever_store_comes_next()
    {
        var first = new IdClaim(Guid.NewGuid(), Store, At(7), 0x0123_4567_89AB_CDEF);
        var other = new IdClaim(Guid.NewGuid(), Store, At(8), -1);

        Assert.That(await Stores.Claims.ClaimIdsAsync([first], None), Is.EqualTo(new[] { first }));
        Assert.That(
            await Stores.Claims.ClaimIdsAsync([other, first with { Position = At(9), Content = 5 }], None), Is.EqualTo(new[] { other, first }));
        Assert.That(await Stores.Claims.ClaimIdsAsync([first with { StoreId = Store + "x" }], None), Is.EqualTo(new[] { first }));
        Assert.That(await Stores.Claims.ClaimIdsAsync([first], None), Is.EqualTo(new[] { first }));
        Assert.That(await Stores.Claims.ClaimIdsAsync([], None), Is.Empty);
    }

    [Test]
    public async Task Of_many_who_claim_event_ids_at_once_one_wins_and_all_hear_the_same()
    {
        var ids = Enumerable.Range(0, 50).Select(_ => Guid.NewGuid()).ToList();
        var callers = Enumerable.Range(0, 8).Select(caller => ids.ConvertAll(id => new IdClaim(id, Store, At(caller), caller))).ToList();

        var answers = await Task.WhenAll(callers.Select(claims => Task.Run(() => Stores.Claims.ClaimIdsAsync(claims, None))));

        foreach (var answer in answers)
            Assert.That(answer, Is.EqualTo(answers[0]));
        for (var i = 0; i < ids.Count; i++)
            Assert.That(callers.Select(claims => claims[i]), Does.Contain(answers[0][i]));
    }

    [Test]
    public async Task An_event_id_is_no_uniqueId()
    {
        var id = Guid.NewGuid();
        await Stores.Claims.ClaimIdsAsync([new(id, Store, At(7), 1)], None);
        Assert.That(await Stores.Claims.FindAsync(Store, id.ToString(), None), Is.Null);
        var other = Guid.NewGuid();
        Assert.That(await Stores.Claims.ClaimAsync([new(Store, id.ToString(), other)], None), Is.EqualTo(new[] { other }));
    }
}
