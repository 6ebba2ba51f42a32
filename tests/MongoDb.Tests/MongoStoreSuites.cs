using CustomEvents.Tests.Support.StoreSuites;

namespace CustomEvents.Tests.MongoDb;

[TestFixture]
public sealed class MongoTenantStoreTests : TenantStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoClaimStoreTests : ClaimStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoCustomerDirectoryTests : CustomerDirectorySuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoProfileStoreTests : ProfileStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoEventStoreTests : EventStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoSegmentReaderTests : SegmentReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoCatalogStoreTests : CatalogStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoRejectionStoreTests : RejectionStoreSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoCustomerReaderTests : CustomerReaderSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}

[TestFixture]
public sealed class MongoStoredDocumentTests : StoredDocumentSuite
{
    protected override Task<StoresUnderTest> OpenAsync() => OpenMongo.StoresAsync();
}
