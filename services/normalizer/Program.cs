using CustomEvents.Hosting;
using CustomEvents.Hosting.Work;
using CustomEvents.Kafka;
using CustomEvents.MongoDb;
using CustomEvents.Pipeline.Stages.Normalizing;

// events.raw in; events.normalized and events.rejected out: who the customer is, whether the event is a duplicate, what its values are.
NativeHeap.Limit();
return await Service.RunAsync(
    "normalizer",
    args,
    static builder =>
    {
        builder.Services.AddKafkaLog(builder.Configuration, KafkaDelivery.RepeatsForEver);
        builder.Services.AddMongoDbStores(builder.Configuration);
        builder.AddStage<NormalizerStage>(static topics => topics.Raw, NormalizerStage.StageName);
    },
    static app => app.MapServiceDefaults());
