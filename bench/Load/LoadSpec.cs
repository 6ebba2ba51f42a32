namespace CustomEvents.Bench.Load;

/// <summary>What the load generator is told.</summary>
internal sealed record LoadSpec
{
    /// <summary>Where to, <c>http://host:port</c>.</summary>
    public required string Address { get; init; }

    public required int Stores { get; init; }

    /// <summary>Events in a request: 1 goes to the endpoint for one, more to that for many.</summary>
    public int EventsInRequest { get; init; } = 1;

    /// <summary>Requests a second, on a schedule that no answer holds up; null for as many as the connections take one after the other.</summary>
    public double? Rate { get; init; }

    /// <summary>How long; null until <see cref="Requests"/> are sent.</summary>
    public double? Seconds { get; init; }

    /// <summary>How many different requests are made beforehand and sent in turn.</summary>
    public required int Requests { get; init; }

    /// <summary>The number of the first event, so that two loads of one store differ.</summary>
    public long First { get; init; }

    /// <summary>Whether it only warms the server, which may answer 503 while it makes its first connections.</summary>
    public bool IsWarmUp { get; init; }

    /// <summary>Where to look for each event until it is readable, once it is accepted; null for not at all.</summary>
    public StoredIn? LookFor { get; init; }
}

/// <summary>A database of events.</summary>
internal sealed record StoredIn(string MongoUri, string Database);

/// <summary>What came of it. Times are in milliseconds; with a rate they count from when a request was due.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Latencies">Of each request, until its answer.</param>
/// <param name="Freshness">Of each event that was looked for, from its 202 until it was found.</param>
internal sealed record LoadResult(double Seconds, double[] Latencies, double[] Freshness)
{
    public double RequestsASecond => Latencies.Length / Seconds;

    /// <summary>What that part of some figures is not above.</summary>
    public static double Percentile(IEnumerable<double> figures, double part)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }
}
