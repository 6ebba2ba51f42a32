using System.Diagnostics;
using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.SegmentIndex;

/// <summary>
/// Compares shapes of the segment index on the server that MONGODB_URI names: <c>[SERVER_PID=...] segment-index [EVENTS]</c>. Writes into a database of
/// its own, which it drops. Numbers and what follows from them: docs/decisions/0002-segment-index.md.
/// </summary>
internal static class IndexComparison
{
    public static async Task<int> RunAsync(string[] args)
    {
        const int EventsInBatch = 500;
        var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
        var uri = Environment.GetEnvironmentVariable("MONGODB_URI") ?? "mongodb://localhost:27017";
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string[] names = ["order placed", "cart updated", "page viewed"];
        string[] categories = ["shoes", "shirts", "hats", "trousers", "coats", "socks", "bags", "belts"];

        // The same events for every shape: four keys each, 5,000 customers, one store, half a year.
        var random = new Random(7);
        var sample = new List<NormalizedEvent>(events);
        for (var i = 0; i < events; i++)
        {
            var customer = new byte[12];
            BitConverter.TryWriteBytes(customer, random.Next(5_000));
            var json = $$"""
                {"eventName":"{{names[random.Next(3)]}}","customer":{"email":"a@b.cd"},"data":{"total":{{(random.Next(1, 20_000) / 100.0).ToString(CultureInfo.InvariantCulture)}},"items":{{random.Next(1, 9)}},"category":"{{categories[random.Next(8)]}}","shippedAt":"{{start.AddMinutes(random.Next(260_000)):yyyy-MM-ddTHH:mm:ssZ}}"} }
                """;
            sample.Add(new NormalizedEvent
            {
                EventId = Guid.CreateVersion7(start.AddSeconds(i * 300)),
                StoreId = "61f0c0ffee61f0c0ffee61f0",
                CustomerId = new CustomerId(customer),
                ReceivedAt = start.AddSeconds(i * 15_000_000L / events),
                Producer = "http",
                Topic = "events.raw",
                Position = new Position(Guid.Empty, 0, i),
                Event = new EventParser().Parse(Encoding.UTF8.GetBytes(json), [])!,
            });
        }

        var since = start.AddSeconds(15_000_000L / 2);
        SegmentCondition[] conditions =
        [
            new("61f0c0ffee61f0c0ffee61f0", "order placed", "category", SegmentOperator.Equal, ProfileValue.Of("hats"), since),
            new("61f0c0ffee61f0c0ffee61f0", "order placed", "total", SegmentOperator.Greater, ProfileValue.Of(150L), null),
            new("61f0c0ffee61f0c0ffee61f0", "order placed", "total", SegmentOperator.Greater, ProfileValue.Of(150L), since),
            new("61f0c0ffee61f0c0ffee61f0", "order placed", "total", SegmentOperator.Equal, ProfileValue.Of(19.99), null),
        ];

        foreach (var round in Enumerable.Range(1, 2))
        {
            foreach (IIndexShape shape in new IIndexShape[] { new FieldsShape(), new IdShape() })
                await MeasureAsync(shape, round);
        }

        return 0;

        async Task MeasureAsync(IIndexShape shape, int round)
        {
            var options = Options.Create(new MongoDbOptions { ConnectionString = uri, Database = $"bench_segments_{Guid.NewGuid():N}" });
            using var database = new MongoDatabase(options, TimeProvider.System);
            try
            {
                var documents = database.Documents("segment_index");
                if (shape.Index is { } index)
                    await documents.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(index));
                else
                    await database.Database.CreateCollectionAsync("segment_index");

                var cpu = ServerCpu();
                var watch = Stopwatch.StartNew();
                long bytes = 0;
                var entries = 0;
                foreach (var batch in sample.Chunk(EventsInBatch))
                {
                    using var buffer = new BsonBuffer(512 * 1024);
                    var starts = new List<int>();
                    foreach (var normalized in batch)
                        shape.Write(buffer, normalized, starts);
                    starts.Add(buffer.Length);
                    await database.InsertAsync("writing", "segment_index", starts.Zip(starts.Skip(1)), (output, entry) => output.Append(buffer.Bytes.AsSpan(entry.First, entry.Second - entry.First)), CancellationToken.None);
                    bytes += buffer.Length;
                    entries += starts.Count - 1;
                }

                var writing = watch.Elapsed;
                Console.WriteLine($"{shape.Name}, round {round}: {entries} entries in {writing.TotalSeconds:0.00} s: {entries / writing.TotalSeconds:0} entries/s, {events / writing.TotalSeconds:0} events/s, {bytes / entries} bytes a document, server {(ServerCpu() - cpu) * 1e6 / entries:0} us of CPU an entry");
                var stats = await database.Database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", "segment_index"));
                Console.WriteLine($"  sizes: {string.Join(", ", stats.Where(e => e.Name is "size" or "storageSize" or "totalIndexSize" or "indexSizes").Select(e => $"{e.Name} {e.Value}"))}");
                foreach (var condition in conditions)
                    await AskAsync(documents, shape, condition);
            }
            finally
            {
                await database.Database.Client.DropDatabaseAsync(options.Value.Database);
            }
        }

        async Task AskAsync(IMongoCollection<BsonDocument> documents, IIndexShape shape, SegmentCondition condition)
        {
            var (filter, projection) = shape.Ask(condition);
            var best = TimeSpan.MaxValue;
            var found = new HashSet<string>();
            var read = 0;
            for (var i = 0; i < 5; i++)
            {
                found.Clear();
                read = 0;
                var watch = Stopwatch.StartNew();
                using var cursor = await documents.Find(filter, new FindOptions { BatchSize = 10_000 }).Project<BsonDocument>(projection).ToCursorAsync();
                while (await cursor.MoveNextAsync())
                {
                    foreach (var entry in cursor.Current)
                    {
                        read++;
                        if (shape.Customer(entry, condition) is { } customer)
                            found.Add(customer);
                    }
                }

                best = watch.Elapsed < best ? watch.Elapsed : best;
            }

            var find = new BsonDocument { { "find", "segment_index" }, { "filter", filter }, { "projection", projection } };
            var plan = await documents.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } });
            var execution = plan.GetValue("executionStats", new BsonDocument()).AsBsonDocument;
            Console.WriteLine(
                $"  {condition.Key} {condition.Operator} {FieldsShape.ToBson(condition.Value!.Value)}{(condition.Since is null ? "" : " since")}: {found.Count} customers of {read} entries in {best.TotalMilliseconds:0.0} ms; "
                + $"plan {Stages(plan["queryPlanner"]["winningPlan"].AsBsonDocument)}, keys {execution.GetValue("totalKeysExamined", "?")}, documents {execution.GetValue("totalDocsExamined", "?")}");
        }

        // On a machine that others use as well, the server's CPU time says more than the clock. 0 without SERVER_PID.
        static double ServerCpu()
        {
            if (Environment.GetEnvironmentVariable("SERVER_PID") is not { } pid)
                return 0;
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(' ');
            return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0;
        }

        static string Stages(BsonDocument stage) =>
            stage.GetValue("stage", "?") + (stage.TryGetValue("inputStage", out var input) ? " < " + Stages(input.AsBsonDocument) : "");
    }
}
