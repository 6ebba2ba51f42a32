using CustomEvents.Hosting;
using CustomEvents.IngestApi;
using CustomEvents.IngestApi.RateLimiting;
using CustomEvents.Kafka;
using CustomEvents.MongoDb;

// HTTP in, events.raw out: a request is answered with 202 when the log has its events.
return await Service.RunAsync(
    "ingest-api",
    args,
    static builder =>
    {
        builder.Services.AddMongoDbStores(builder.Configuration);
        builder.Services.AddIngestApi(builder.Configuration);
        builder.Services.AddSharedRateLimit(builder.Configuration);

        // A caller waits, who can try again: the log gives up after 10 s, and the answer is 503.
        builder.Services.AddKafkaLog(builder.Configuration, KafkaDelivery.GivesUp);
    },
    static app =>
    {
        app.MapIngestApi();
        app.MapServiceDefaults();
    });
