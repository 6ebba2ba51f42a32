using System.Globalization;

namespace CustomEvents.Bench;

/// <summary>What a run is told.</summary>
internal sealed record BenchOptions
{
    /// <summary>Multiplies all sizes and durations; 1 is the run whose figures count, 0.02 one that only shows that everything works.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The measurements to make; all where it is empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Where the table is written. By default <c>bench/results</c>, and for a run of another size <c>artifacts/bench</c>.</summary>
    public string Results { get; init; } = "";

    /// <summary>Where the programs of <c>make build</c> are.</summary>
    public string Programs { get; init; } = Path.Combine("artifacts", "publish");

    public static string? KafkaServers => Variable("KAFKA_BOOTSTRAP_SERVERS");

    public static string? MongoUri => Variable("MONGODB_URI");

    /// <summary>A number of events or customers at this scale.</summary>
    public int Count(int full, int least = 100) => Math.Max(least, (int)(full * Scale));

    /// <summary>A duration at this scale.</summary>
    public double Seconds(double full) => Math.Max(0.5, full * Scale);

    public static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions();
        if (args.Length % 2 != 0)
            throw new ArgumentException($"{args[^1]} has no value.");
        foreach (var pair in args.Chunk(2))
        {
            options = pair[0] switch
            {
                "--scale" => options with { Scale = double.Parse(pair[1], CultureInfo.InvariantCulture) },
                "--only" => options with { Only = pair[1].Split(',') },
                "--results" => options with { Results = pair[1] },
                "--programs" => options with { Programs = pair[1] },
                _ => throw new ArgumentException($"{pair[0]} is none of --scale, --only, --results, --programs."),
            };
        }

        if (options.Results.Length > 0)
            return options;
        return options with { Results = options is { Scale: 1, Only.Count: 0 } ? Path.Combine("bench", "results") : Path.Combine("artifacts", "bench") };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
