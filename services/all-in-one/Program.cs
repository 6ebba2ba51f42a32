using CustomEvents.Hosting;
using CustomEvents.Hosting.Work;
using CustomEvents.IngestApi;
using CustomEvents.Pipeline.Stages.Normalizing;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stages.Rejecting;
using CustomEvents.Sqlite;

// The whole pipeline in one process: the log and the stores are files of one data folder (Embedded__DataDirectory).
return await Service.RunAsync(
    "all-in-one",
    args,
    builder =>
    {
        builder.Services.AddSqlitePipeline(builder.Configuration);
        // A key is looked up in the same process: asking often costs nothing, and a revocation counts within 1 s.
        builder.Services.Configure<IngestOptions>(options => options.KeyFreshFor = TimeSpan.FromSeconds(0.5));
        builder.Services.AddIngestApi(builder.Configuration);
        builder.AddStage<NormalizerStage>(topics => topics.Raw, NormalizerStage.StageName);
        builder.AddStage<PersisterStage>(topics => topics.Normalized, PersisterStage.StageName);
        builder.AddStage<RejectionStage>(topics => topics.Rejected, RejectionStage.StageName);
    },
    app =>
    {
        app.MapIngestApi();
        app.MapServiceDefaults();
    });
