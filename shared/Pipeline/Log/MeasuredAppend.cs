using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CustomEvents.Pipeline.Log;

/// <summary>Appends as seen from outside: a span, the duration and the number of records, named by the semantic conventions of messaging.</summary>
public static class MeasuredAppend
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "CustomEvents.Pipeline.Log";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "messaging.client.operation.duration",
        "s",
        "How long the log took to have records, all in-sync replicas included, by topic.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Records that the log took, by topic.");

    /// <summary>As <see cref="ILogWriter.AppendAsync"/>.</summary>
    /// <param name="log">The log.</param>
    /// <param name="system">What the log is: <see cref="TopicNames.System"/>.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LogWriteException">The log did not take all of them.</exception>
    public static async Task AppendMeasuredAsync(this ILogWriter log, string system, IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0 || !(Duration.Enabled || Sent.Enabled || Activities.HasListeners()))
        {
            await log.AppendAsync(records, cancellationToken);
            return;
        }

        // A call is nearly always for one topic; with rejections among the records it goes by the name of the first.
        var topic = records[0].Topic;
        TagList tags = [new("messaging.system", system), new("messaging.operation.name", "send"), new("messaging.operation.type", "send"), new("messaging.destination.name", topic)];
        using var span = Activities.HasListeners() ? Activities.StartActivity("send " + topic, ActivityKind.Producer, default(ActivityContext), tags) : null;
        if (records.Count > 1)
            span?.SetTag("messaging.batch.message_count", records.Count);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await log.AppendAsync(records, cancellationToken);
            Count(system, records);
        }
        catch (Exception failure)
        {
            var error = failure is LogWriteException { Kind: var kind } ? kind.ToString() : failure.GetType().Name;
            tags.Add("error.type", error);
            span?.SetTag("error.type", error);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }
    }

    private static void Count(string system, IReadOnlyList<OutgoingRecord> records)
    {
        for (int from = 0, to = 1; from < records.Count; from = to++)
        {
            while (to < records.Count && records[to].Topic == records[from].Topic)
                to++;
            Sent.Add(to - from, new("messaging.system", system), new("messaging.operation.name", "send"), new("messaging.destination.name", records[from].Topic));
        }
    }
}
