using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="ICatalogStore"/> does.</summary>
public abstract class CatalogStoreSuite : StoreSuite
{
    [Test]
    public async Task Names_keys_and_types_are_listed_as_they_were_first_seen()
    {
        await Stores.Catalog.AddAsync([Entry("b", null, null), Entry("a", "k", "string"), Entry("a", "$x.y", "number"), Entry("a", "k", "date")], None);
        await Stores.Catalog.AddAsync([Entry("a", "k", "string", 9), Entry("a", "new", "boolean", 9), Entry("a", "k", "number", 9), Entry("b", null, null, 9)], None);

        var listed = await Stores.Catalog.ListAsync(Store, None);
        Assert.That(listed.Select(e => (e.StoreId, e.EventName, e.FirstSeenAt)), Is.EqualTo(new[] { (Store, "a", T0), (Store, "b", T0) }));
        Assert.That(Shown(listed[0]), Is.EqualTo(new[] { "k: string date number", "$x.y: number", "new: boolean" }));
        Assert.That(listed[1].Properties, Is.Empty);
        Assert.That(await Stores.Catalog.ListAsync(Store + "x", None), Is.Empty);
        await Stores.Catalog.AddAsync([], None);
    }

    [Test]
    public async Task Keys_beyond_the_limit_are_left_out_and_known_ones_still_get_types()
    {
        await Stores.Catalog.AddAsync([.. Enumerable.Range(0, Limits.MaxCatalogProperties - 1).Select(i => Entry("a", $"k{i}", "string"))], None);
        await Stores.Catalog.AddAsync([Entry("a", "last", "string"), Entry("a", "beyond", "string"), Entry("a", "k7", "number")], None);

        var listed = (await Stores.Catalog.ListAsync(Store, None)).Single();
        Assert.That(listed.Properties, Has.Count.EqualTo(Limits.MaxCatalogProperties));
        Assert.That(listed.Properties[^1].Key, Is.EqualTo("last"));
        Assert.That(listed.Properties[7].Types, Is.EqualTo(new[] { "string", "number" }));
    }

    [Test]
    public async Task Writers_at_once_lose_nothing_and_double_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < 4; n++)
                await Stores.Catalog.AddAsync([Entry("a", $"own{writer}-{n}", "string"), Entry("a", "shared", writer % 2 == 0 ? "string" : "number"), Entry($"e{n}", "k", "date")], None);
        })));

        var listed = await Stores.Catalog.ListAsync(Store, None);
        Assert.That(listed.Select(e => e.EventName), Is.EqualTo(new[] { "a", "e0", "e1", "e2", "e3" }));
        Assert.That(listed[0].Properties.Select(p => p.Key), Is.Unique.And.Exactly(25).Items);
        Assert.That(listed[0].Properties.Single(p => p.Key == "shared").Types, Is.EquivalentTo(new[] { "string", "number" }));
    }

    private static IEnumerable<string> Shown(CatalogEvent entry) => entry.Properties.Select(p => $"{p.Key}: {string.Join(' ', p.Types)}");

    private CatalogEntry Entry(string eventName, string? key, string? type, int minutes = 0) => new(Store, eventName, key, type, T0.AddMinutes(minutes));
}
