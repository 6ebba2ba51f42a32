using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;
using CustomEvents.Sqlite.Log;
using CustomEvents.Sqlite.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Sqlite;

/// <summary>
/// Deletes what is older than contract sections 8 and 10 keep it, in small steps between which the pipeline writes. A record that a group
/// has yet to finish is kept, however old it is.
/// </summary>
internal sealed partial class Retention(
    DataFolder folder, SqliteRejectionStore rejections, TopicNames topics, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    private const int RecordsAtATime = 500;
    private const int RejectionsAtATime = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan RejectionsKept = TimeSpan.FromDays(30);

    /// <summary>Deletes what is too old now. How many records and rejections went.</summary>
    public async Task<(long Records, long Rejections)> SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        long records = 0;
        foreach (var name in new[] { topics.Raw, topics.Normalized, topics.Rejected })
        {
            var before = (now - (name == topics.Rejected ? RejectionsKept : Kept)).ToMilliseconds();
            foreach (var partition in folder.Log.Find(name)?.Partitions ?? [])
            {
                for (long deleted = RecordsAtATime; deleted == RecordsAtATime; records += deleted)
                    deleted = await folder.Log.File.Writer.WriteAsync(connection => DeleteSome(connection, partition, before), durable: false, cancellationToken);
            }
        }

        long old = 0;
        for (long deleted = RejectionsAtATime; deleted == RejectionsAtATime; old += deleted)
            deleted = await rejections.DeleteAsync(now - RejectionsKept, RejectionsAtATime, cancellationToken);
        return (records, old);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    var (records, old) = await SweepAsync(stoppingToken);
                    if (records + old > 0)
                        LogSwept(records, old);
                }
#pragma warning disable CA1031 // Whatever it is, it must not end the process: what is too old is only kept longer.
                catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    LogPutOff(exception is InfrastructureException ? null : exception, exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends; the next one goes on.
        }
    }

    private static long DeleteSome(Connection connection, LogPartition partition, long before)
    {
        var start = connection.Prepare(partition.StartSql);
        start.Step();
        var first = start.NullableInt64(0);
        start.Reset();
        if (first is not { } from)
            return 0;

        // A group that has joined and committed nothing has everything before it.
        var to = from + RecordsAtATime;
        var groups = connection.Prepare("SELECT min(coalesce(next_offset, 0)) FROM group_offsets WHERE number=?1").Bind(1, partition.Number);
        groups.Step();
        if (groups.NullableInt64(0) is { } finished)
            to = Math.Min(to, finished);
        groups.Reset();
        to = Math.Min(to, connection.Query(partition.EndSql));

        // Timestamps follow the clock: the first that is young enough ends it.
        var young = connection.Prepare(partition.FirstYoungSql).Bind(1, from).Bind(2, to).Bind(3, before);
        if (young.Step())
            to = young.Int64(0);
        young.Reset();
        if (to <= from)
            return 0;
        connection.Prepare("UPDATE partitions SET floor=max(floor, ?2) WHERE number=?1").Bind(1, partition.Number).Bind(2, to).Run();
        return connection.Prepare(partition.DeleteSql).Bind(1, to).Run();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Records} records of the log and {Rejections} rejections that were kept long enough")]
    private partial void LogSwept(long records, long rejections);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old records were not deleted and are tried again in a while: {Reason}")]
    private partial void LogPutOff(Exception? exception, string reason);
}
