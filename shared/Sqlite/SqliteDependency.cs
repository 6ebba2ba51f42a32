using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite;

/// <summary>The data folder, as something that a service needs.</summary>
internal sealed class SqliteDependency(DataFolder folder, TopicNames topics) : IDependency
{
    /// <inheritdoc />
    public string Name => "sqlite";

    /// <inheritdoc />
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var topic in new[] { topics.Raw, topics.Normalized, topics.Rejected })
            await folder.Log.FindOrCreateAsync(topic, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (log, stores) = (folder.Log.File, folder.Stores.File);
            if ((log.Writer.Problem ?? stores.Writer.Problem) is not null)
            {
                await ProbeAsync(log, cancellationToken);
                await ProbeAsync(stores, cancellationToken);
            }

            return log.Writer.Problem ?? stores.Writer.Problem;
        }
        catch (InfrastructureException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Whether trouble is over is known when as much was written as requests bring: a few bytes find room on a full disk, too.</summary>
    private static async Task ProbeAsync(DatabaseFile file, CancellationToken cancellationToken)
    {
        await file.Writer.WriteAsync(connection => connection.Prepare("UPDATE file SET probe=zeroblob(262144)").Run(), durable: true, cancellationToken);
        await file.Writer.WriteAsync(connection => connection.Prepare("UPDATE file SET probe=NULL").Run(), durable: false, cancellationToken);
    }
}
