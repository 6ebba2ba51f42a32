using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>The stores of one adapter, opened for one fixture; each test has a store (tenant) of its own in them.</summary>
public sealed class StoresUnderTest(IServiceProvider services, Func<ValueTask> close) : IAsyncDisposable
{
    public ITenantStore Tenants => services.GetRequiredService<ITenantStore>();

    public IClaimStore Claims => services.GetRequiredService<IClaimStore>();

    public ICustomerDirectory Directory => services.GetRequiredService<ICustomerDirectory>();

    public IProfileStore Profiles => services.GetRequiredService<IProfileStore>();

    public IEventStore Events => services.GetRequiredService<IEventStore>();

    public ICatalogStore Catalog => services.GetRequiredService<ICatalogStore>();

    public IRejectionStore Rejections => services.GetRequiredService<IRejectionStore>();

    public IEventReader EventReader => services.GetRequiredService<IEventReader>();

    public ICustomerReader CustomerReader => services.GetRequiredService<ICustomerReader>();

    public ISegmentReader Segments => services.GetRequiredService<ISegmentReader>();

    public ValueTask DisposeAsync() => close();
}
