using CustomEvents.Hosting;
using CustomEvents.Hosting.Work;
using CustomEvents.Kafka;
using CustomEvents.MongoDb;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stages.Rejecting;

// events.normalized and events.rejected in; MongoDB out: profiles, segment index, events, catalog, and what was refused.
NativeHeap.Limit();
return await Service.RunAsync(
    "persister",
    args,
    static builder =>
    {
        builder.Services.AddKafkaLog(builder.Configuration, KafkaDelivery.RepeatsForEver);
        builder.Services.AddMongoDbStores(builder.Configuration);
        builder.AddStage<PersisterStage>(static topics => topics.Normalized, PersisterStage.StageName);
        builder.AddStage<RejectionStage>(static topics => topics.Rejected, RejectionStage.StageName);
    },
    static app => app.MapServiceDefaults());
