namespace CustomEvents.Pipeline;

/// <summary>Something that a service needs and that may be away: the log, the stores. Adapters register theirs; a service prepares all before it works, in no order, again and again until they are there.</summary>
public interface IDependency
{
    /// <summary>What it is called in health and in logs, such as <c>kafka</c>.</summary>
    string Name { get; }

    /// <summary>Creates what is missing (topics, indexes, tables); several instances may do it at once.</summary>
    /// <exception cref="InfrastructureException">It is away, or is not as it has to be; the message says what to do.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Null where it is there and as it has to be; else what is wrong and what to do, without secrets. Called every few seconds.</summary>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}
