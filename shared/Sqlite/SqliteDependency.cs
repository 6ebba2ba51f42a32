using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;

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
                // Whether it is over is known when something was written.
                await log.Writer.WriteAsync(connection => connection.Prepare("UPDATE file SET id=id").Run(), durable: true, cancellationToken);
                await stores.Writer.WriteAsync(connection => connection.Prepare("UPDATE file SET id=id").Run(), durable: true, cancellationToken);
            }

            return log.Writer.Problem ?? stores.Writer.Problem;
        }
        catch (InfrastructureException exception)
        {
            return exception.Message;
        }
    }
}
