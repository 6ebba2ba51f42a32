using System.Text;
using System.Text.Json;

namespace CustomEvents.Bench.Scaling;

/// <summary>Puts what a million events a second take, by the figures of the last full run, into docs/scaling.md, each with its arithmetic.</summary>
internal sealed class ScalingFigures
{
    // Assumptions; docs/scaling.md gives the reasons.
    private const double Target = 1_000_000;
    private const double Headroom = 1.5;
    private const double Compressed = 1 / 3.0;
    private const double HeadersOfApi = 161;
    private const double CoresOfInstance = 4;
    private const double CoresOfShard = 16;
    private const double BrokerMegabytes = 100;
    private const double Copies = 3;
    private const double DollarsACoreHour = 0.04;
    private const double DollarsAGigabyteMonth = 0.08;
    private const double HoursAMonth = 730;
    private const double KafkaDays = 7;

    private const string Begin = "<!-- figures: written by `bench/run scaling` -->";
    private const string End = "<!-- end of the figures -->";

    private readonly Dictionary<string, double> _values = [];
    private readonly StringBuilder _text = new();
    private readonly string _machine;

    private ScalingFigures(JsonElement results)
    {
        _machine = results.GetProperty("machine").GetString()!;
        foreach (var row in results.GetProperty("rows").EnumerateArray())
        {
            if (row.GetProperty("value").ValueKind == JsonValueKind.Number)
                _values[row.GetProperty("name").GetString()!] = row.GetProperty("value").GetDouble();
        }
    }

    /// <summary>Replaces the part of a document between its marks.</summary>
    public static int WriteInto(string path, BenchOptions options)
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(options.Results, "bench.json")));
        var figures = new ScalingFigures(results.RootElement);
        figures.Write();
        var document = File.ReadAllText(path);
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(path, $"{document[..begin]}\n\n{figures._text.ToString().Trim()}\n\n{document[end..]}");
        return 0;
    }

    private void Write()
    {
        var lane = Of("one hot store");
        var (raw, normalized) = (Of("raw record") + HeadersOfApi, Of("normalized record"));
        var kafkaIn = (raw + normalized) * Compressed;
        var (documents, indexes) = (Of("documents in MongoDB"), Of("indexes in MongoDB"));
        var partitions = RoundUp(Target / lane * Headroom, 12);
        var brokers = Math.Ceiling(kafkaIn * Copies / BrokerMegabytes * Headroom);
        var (api, normalizer, persister) = (Of("HTTP bulk of 100: CPU"), Of("CPU of the normalizer"), Of("CPU of the persister"));
        var (kafka, mongo) = (Of("CPU of Kafka"), Of("CPU of MongoDB"));

        var shards = Math.Ceiling(mongo * Headroom / CoresOfShard);

        Line($"Machine: {_machine}.");
        Line();
        Line("A figure in CPU-seconds a million events is the number of cores that a million events a second keep busy.");
        Line();
        Line("| for 1,000,000 events a second | measured | arithmetic | takes |");
        Line("| --- | --- | --- | --- |");
        Cores("ingest-api, bulk of 100", api);
        Cores("ingest-api, single events", Of("HTTP single: CPU"));
        Cores("normalizer", normalizer);
        Processes("normalizer, with uniqueIds", Of("normalizer alone, identities known, with uniqueIds"));
        Cores("persister", persister);
        Processes("persister, of a backlog", Of("to fully stored"));
        Line($"| partitions | {lane:#,0} events/s of one partition, all of it on this machine | 1,000,000 ÷ {lane:#,0} × {Headroom} | {partitions:#,0} |");
        Line($"| into Kafka | {raw:#,0} B raw, with the API's headers, and {normalized:0} B normalized; a third of it after compression (assumed) | ({raw:0} + {normalized:0}) ÷ 3 × 1,000,000 | {kafkaIn:#,0} MB/s, {kafkaIn * Copies:#,0} MB/s with {Copies} copies |");
        var keptInKafka = kafkaIn * 86_400 * KafkaDays * Copies / 1e6;
        Line($"| brokers, by writing | {BrokerMegabytes} MB/s each (assumed); {kafka:0} s of CPU a million events | {kafkaIn * Copies:#,0} ÷ {BrokerMegabytes} × {Headroom} | {brokers:#,0} |");
        Line($"| kept in Kafka, {KafkaDays} days | as above | {kafkaIn:#,0} MB × 86,400 × {KafkaDays} × {Copies} | {keptInKafka:#,0} TB, {keptInKafka / brokers:0} TB a broker |");
        Line($"| MongoDB's primaries | {mongo:0} s of CPU a million events | {mongo:0} × {Headroom} ÷ {CoresOfShard} cores | {shards:#,0} shards, each on {CoresOfShard} cores |");
        Line($"| stored in MongoDB | {documents:#,0} B of documents and {indexes:#,0} B of indexes an event | ({documents:#,0} + {indexes:#,0}) × 1,000,000 × 86,400 | {(documents + indexes) * 86_400 / 1e6:#,0} TB a day, before compression and copies; {(documents + indexes) * 86_400 / 1e6 / shards:0.0} TB a day and shard |");
        Line();

        var cores = (api + normalizer + persister) * Headroom;
        var serverCores = (kafka + mongo) * Headroom * Copies;
        var kafkaDisk = kafkaIn * 86_400 * KafkaDays * Copies / 1e3;
        var day = (documents + indexes) * 86_400 / 1e3 * Copies;
        Line("| cost, as an order of magnitude | arithmetic | a month |");
        Line("| --- | --- | --- |");
        Cost("the services", $"({api:0} + {normalizer:0} + {persister:0}) cores × {Headroom} × {HoursAMonth} h × ${DollarsACoreHour}", cores * HoursAMonth * DollarsACoreHour);
        Cost("Kafka's and MongoDB's cores", $"({kafka:0} + {mongo:0}) cores × {Headroom} × {Copies} copies × {HoursAMonth} h × ${DollarsACoreHour}", serverCores * HoursAMonth * DollarsACoreHour);
        Cost($"Kafka's disks for {KafkaDays} days", $"{kafkaDisk:#,0} GB × ${DollarsAGigabyteMonth}", kafkaDisk * DollarsAGigabyteMonth);
        Cost("MongoDB's disks, for each day that is kept", $"{day:#,0} GB × ${DollarsAGigabyteMonth}", day * DollarsAGigabyteMonth);
        Line();

        Line($"Skew: 100,000 stores over partitions, {lane:#,0} events/s each. A store may send {SkewSimulation.MostByHttp:#,0} by HTTP as the rate limit is set, which is {SkewSimulation.MostByHttp / lane:0.0} lanes.");
        Line();
        _text.Append(SkewSimulation.Table(lane, (int)partitions));
    }

    private void Cores(string part, double seconds) =>
        Line($"| {part} | {seconds:#,0} s of CPU a million events | {seconds:#,0} × {Headroom} ÷ {CoresOfInstance} cores | {Math.Ceiling(seconds * Headroom / CoresOfInstance):#,0} instances of {CoresOfInstance} cores |");

    private void Processes(string part, double rate) =>
        Line($"| {part} | {rate:#,0} events/s of one process on this machine, beside the servers | 1,000,000 ÷ {rate:#,0} × {Headroom} | {Math.Ceiling(Target / rate * Headroom):#,0} processes, at most |");

    private void Cost(string part, string arithmetic, double dollars) => Line($"| {part} | {arithmetic} | ${TwoDigits(dollars):#,0} |");

    private void Line(string text = "") => _text.AppendLine(text);

    private double Of(string part) =>
        _values.Keys.FirstOrDefault(name => name.Contains(part, StringComparison.Ordinal)) is { } name ? _values[name]
        : throw new InvalidOperationException($"The results have no figure for '{part}': run `make bench` with Kafka and MongoDB first.");

    private static double TwoDigits(double number)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(number)) - 1);
        return Math.Round(number / unit) * unit;
    }

    private static double RoundUp(double number, double to) => Math.Ceiling(number / to) * to;
}
