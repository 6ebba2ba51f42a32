namespace CustomEvents.Pipeline.Stages;

/// <summary>Records that were decoded and wait to be processed. Disposing gives their memory back.</summary>
public interface IPreparedBatch : IDisposable
{
    /// <summary>
    /// Does the work: one outcome for each record, in order. May be called again after it failed, and then does the same; what it
    /// wrote before changes nothing the second time.
    /// </summary>
    /// <exception cref="InfrastructureException">Trouble that is no record's fault; call again later.</exception>
    /// <exception cref="RecordFaultException">A store refuses one of the records; the batch has to be halved until it is found.</exception>
    Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken);
}
