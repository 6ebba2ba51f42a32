using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="ITenantStore"/> does.</summary>
public abstract class TenantStoreSuite : StoreSuite
{
    [Test]
    public async Task A_store_is_created_once()
    {
        Assert.That(await Stores.Tenants.StoreExistsAsync(Store, None), Is.False);
        Assert.That(await Stores.Tenants.CreateStoreAsync(new(Store, T0), None), Is.True);
        Assert.That(await Stores.Tenants.CreateStoreAsync(new(Store, T0.AddDays(1)), None), Is.False);
        Assert.That(await Stores.Tenants.StoreExistsAsync(Store, None), Is.True);
        Assert.That(await Stores.Tenants.StoreExistsAsync(Store.ToUpperInvariant(), None), Is.False);
        Assert.That(await Stores.Tenants.FindStoresAsync([Store, Store.ToUpperInvariant(), Store + "-none"], None), Is.EqualTo(new[] { Store }));
        Assert.That((await Stores.Tenants.ListStoresAsync(None)).Where(s => s.StoreId == Store), Is.EqualTo(new[] { new Store(Store, T0) }));
    }

    [Test]
    public async Task Stores_are_listed_by_id()
    {
        foreach (var suffix in new[] { "c", "a", "B" })
            await Stores.Tenants.CreateStoreAsync(new(Store + suffix, T0), None);
        Assert.That((await Stores.Tenants.ListStoresAsync(None)).Select(s => s.StoreId), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal)
            .And.SupersetOf(new[] { Store + "a", Store + "B", Store + "c" }));
    }

    [Test]
    public async Task A_key_is_read_as_it_was_added()
    {
        var full = Key(1) with { Name = "shop", Scopes = [ApiKey.WriteEvents, "other"], ExpiresAt = T0.AddDays(30) };
        var bare = Key(0) with { Scopes = [] };
        await Stores.Tenants.CreateKeyAsync(full, None);
        await Stores.Tenants.CreateKeyAsync(bare, None);

        var found = (await Stores.Tenants.FindKeysAsync([full.Hash, bare.Hash, new string('0', 64)], None)).ToDictionary(key => key.Hash);
        Assert.That(found.Keys, Is.EquivalentTo(new[] { full.Hash, bare.Hash }));
        Same(found[full.Hash], full);
        Same(found[bare.Hash], bare);
        Assert.That((await Stores.Tenants.ListKeysAsync(Store, None)).Select(k => k.KeyId), Is.EqualTo(new[] { bare.KeyId, full.KeyId }), "oldest first");
        Assert.That(await Stores.Tenants.ListKeysAsync(Store + "x", None), Is.Empty);
    }

    [Test]
    public async Task A_key_is_revoked_once_and_keeps_its_time()
    {
        var key = Key(0);
        var other = Key(1);
        await Stores.Tenants.CreateKeyAsync(key, None);
        await Stores.Tenants.CreateKeyAsync(other, None);

        Same(await Stores.Tenants.RevokeKeyAsync(key.KeyId, T0.AddHours(1), None), key with { RevokedAt = T0.AddHours(1) });
        Same(await Stores.Tenants.RevokeKeyAsync(key.KeyId, T0.AddHours(2), None), key with { RevokedAt = T0.AddHours(1) });
        Same((await Stores.Tenants.FindKeysAsync([key.Hash], None)).Single(), key with { RevokedAt = T0.AddHours(1) });
        Same((await Stores.Tenants.FindKeysAsync([other.Hash], None)).Single(), other);
        Assert.That(await Stores.Tenants.RevokeKeyAsync(Guid.NewGuid().ToString("N"), T0, None), Is.Null);
    }

    private static void Same(ApiKey? read, ApiKey expected)
    {
        Assert.That(read, Is.Not.Null);
        Assert.That(read! with { Scopes = expected.Scopes }, Is.EqualTo(expected));
        Assert.That(read.Scopes, Is.EqualTo(expected.Scopes));
    }

    private ApiKey Key(int minutes) => new(
        Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), Guid.NewGuid().ToString("N"), Store, null,
        [ApiKey.WriteEvents], T0.AddMinutes(minutes));
}
