using CustomEvents.Tests.Support.InMemoryStores;
using CustomEvents.Tests.Support.StoreSuites;

namespace CustomEvents.Tests.Pipeline;

/// <summary>What every adapter's stores do, on the stores in memory: what the tests of the stages rest on.</summary>
internal sealed class StoresInMemory : IServiceProvider
{
    private readonly InMemoryStores _stores = new();

    public static Task<StoresUnderTest> OpenAsync() => Task.FromResult(new StoresUnderTest(new StoresInMemory(), () => ValueTask.CompletedTask));

    public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(_stores) ? _stores : null;
}

[TestFixture]
public sealed class MemoryTenantStoreTests : TenantStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryClaimStoreTests : ClaimStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryCustomerDirectoryTests : CustomerDirectorySuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryProfileStoreTests : ProfileStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryEventStoreTests : EventStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemorySegmentReaderTests : SegmentReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryCatalogStoreTests : CatalogStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryRejectionStoreTests : RejectionStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}

[TestFixture]
public sealed class MemoryCustomerReaderTests : CustomerReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInMemory.OpenAsync();
}
