using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CustomEvents.MongoDb.Server;

/// <summary>
/// What a call to MongoDB took, as the semantic conventions name it. Measured here and not by the driver's command events: those decode every command,
/// whole batches of inserts among them, and do not see the wait for a server or a connection.
/// </summary>
internal sealed class MongoMetrics(string database)
{
    private static readonly Meter Meter = new("CustomEvents.MongoDb");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "db.client.operation.duration",
        "s",
        "How long calls to MongoDB took, by what they did; a batch is one.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    private readonly KeyValuePair<string, object?> _system = new("db.system.name", "mongodb");
    private readonly KeyValuePair<string, object?> _namespace = new("db.namespace", database);

    /// <summary>Counts a call.</summary>
    /// <param name="what">What was done: one of a few texts, without a name or an id in it.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="error">The type of what it failed with; null where it did not.</param>
    public void Called(string what, TimeSpan took, string? error)
    {
        TagList tags = [_system, _namespace, new("db.query.summary", what)];
        if (error is not null)
            tags.Add("error.type", error);
        Duration.Record(took.TotalSeconds, tags);
    }
}
