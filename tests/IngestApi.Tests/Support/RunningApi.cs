using System.Net;
using CustomEvents.IngestApi;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>The API on a real socket, over a log and tenants in memory, with a clock that the test moves.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    public const string StoreId = "5f2a9c0e8b7d4c3a2b1f0e9d";
    public const string OtherStoreId = "other-store_1";
    public const string Key = "ce_live_key";
    public const string OtherStoresKey = "ce_other_stores_key";
    public const string ReadOnlyKey = "ce_read_only_key";
    public const string ExpiredKey = "ce_expired_key";
    public const string RevokedKey = "ce_revoked_key";
    public const string HomelessKey = "ce_key_of_no_store";
    public const string HomelessStoreId = "nowhere";

    public static readonly DateTimeOffset Start = new(2026, 4, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private RunningApi(WebApplication app, RecordingLog log, FakeTenants tenants, FakeTimeProvider time, CollectedLogs logs)
    {
        _app = app;
        Log = log;
        Tenants = tenants;
        Time = time;
        Logs = logs;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        EndPoint = new IPEndPoint(IPAddress.Loopback, address.Port);
    }

    public RecordingLog Log { get; }

    public FakeTenants Tenants { get; }

    public FakeTimeProvider Time { get; }

    public CollectedLogs Logs { get; }

    public IPEndPoint EndPoint { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningApi> StartAsync(params (string Name, string Value)[] settings)
    {
        var log = new RecordingLog();
        var tenants = new FakeTenants();
        var time = new FakeTimeProvider(Start);
        var logs = new CollectedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft.AspNetCore", LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<ILogWriter>(log);
        builder.Services.AddSingleton<ITenantStore>(tenants);
        builder.Services.AddSingleton(new TopicNames());
        builder.Services.AddIngestApi(builder.Configuration);
        var app = builder.Build();
        app.MapIngestApi();
        app.MapGet("/healthz/live", () => "alive");
        await app.StartAsync();
        tenants.AddStore(StoreId);
        tenants.AddStore(OtherStoreId);
        tenants.AddKey(Key, StoreId);
        tenants.AddKey(OtherStoresKey, OtherStoreId);
        tenants.AddKey(ReadOnlyKey, StoreId, scopes: ["customer_events_read"]);
        tenants.AddKey(ExpiredKey, StoreId, expiresAt: Start.UtcDateTime);
        tenants.AddKey(RevokedKey, StoreId, revokedAt: Start.UtcDateTime.AddDays(-1));
        tenants.AddKey(HomelessKey, HomelessStoreId);
        return new RunningApi(app, log, tenants, time, logs);
    }

    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(EndPoint);

    /// <summary>Sends one request on a connection of its own.</summary>
    public async Task<RawAnswer> SendAsync(RawRequest request)
    {
        await using var connection = await ConnectAsync();
        await connection.SendAsync(request.ToBytes());
        return await connection.ReceiveAsync(request.Method == "HEAD");
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
