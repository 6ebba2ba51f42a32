using CustomEvents.Tests.Support.StoreSuites;

namespace CustomEvents.Tests.Sqlite;

/// <summary>What every adapter's stores do, on a data folder of the fixture's own.</summary>
internal static class StoresInFolder
{
    public static Task<StoresUnderTest> OpenAsync()
    {
        var path = OpenFolder.NewPath();
        var folder = OpenFolder.Pipeline(path);
        return Task.FromResult(new StoresUnderTest(folder.Services, () =>
        {
            folder.Dispose();
            Directory.Delete(path, recursive: true);
            return ValueTask.CompletedTask;
        }));
    }
}

[TestFixture]
public sealed class SqliteTenantStoreTests : TenantStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteClaimStoreTests : ClaimStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteCustomerDirectoryTests : CustomerDirectorySuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteProfileStoreTests : ProfileStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteEventStoreTests : EventStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteCatalogStoreTests : CatalogStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteRejectionStoreTests : RejectionStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteCustomerReaderTests : CustomerReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteSegmentReaderTests : SegmentReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}

[TestFixture]
public sealed class SqliteStoredDocumentTests : StoredDocumentSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => StoresInFolder.OpenAsync();
}
