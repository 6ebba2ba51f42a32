using System.Net.Http.Headers;
using System.Security.Cryptography;
using CustomEvents.Events;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// Sends a file of events, one a line, through the bulk endpoint, several requests at once. It may be killed at any moment and run again: the file is
/// cut into the same requests, what the journal says is settled is passed over, and what was under way has the same Idempotency-Key.
/// </summary>
/// <param name="request">What and how.</param>
/// <param name="figures">Is told how far it is.</param>
/// <param name="time">The clock.</param>
internal sealed class FileImport(ImportRequest request, ImportFigures figures, TimeProvider time)
{
    // The API takes at most 60 s for a body and 10 s for the log, and answers then.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(90);

    private readonly Lock _lock = new();
    private string? _stop;

    /// <summary>Runs it; why it is not done, or null where it is.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(request.File, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var identity = new ImportIdentity(
            Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)), file.Length, request.Store, request.Url.AbsoluteUri);
        figures.TotalBytes = identity.Bytes;
        using var journal = ImportJournal.TryOpen(request.JournalFile, identity, request.StartOver, time, out var problem);
        if (journal is null)
            return problem;
        if (journal.IsNew && !request.StartOver && (File.Exists(request.RejectedFile) || File.Exists(request.ErrorsFile)))
            return $"'{request.RejectedFile}' is there and belongs to no import that is known: move it away, or give --start-over, which overwrites it.";
        using var rejected = new RejectedLines(request.RejectedFile, request.ErrorsFile, file.SafeFileHandle);
        figures.AddBefore(journal.Before.Accepted, journal.Before.Rejected);
        if (journal.IsDone)
        {
            // What lies beside the file may be mended by now: it is left as it is.
            figures.WasDoneBefore = true;
            return null;
        }

        rejected.GoBackTo(journal.Before.RejectedBytes, journal.Before.ErrorsBytes);
        file.Position = 0;
        using var lines = new NdjsonReader(file, Limits.MaxEventBytes);
        await SendAsync(new BatchReader(lines), journal, rejected, identity, cancellationToken);
        if (_stop is not null)
            return _stop;
        if (lines.Hash != identity.Sha256)
            return "The file changed while it was imported. What was sent up to now is accepted; import what the file is now with --start-over.";
        journal.Finish();
        return null;
    }

    private async Task SendAsync(BatchReader reader, ImportJournal journal, RejectedLines rejected, ImportIdentity identity, CancellationToken cancellationToken)
    {
        using var http = NewClient();
        var gate = new SendGate(request.Patience, time);
        figures.Gate = gate;
        var client = new BulkClient(http, request.Endpoint, identity.KeyPrefix, gate);
        using var slots = new SemaphoreSlim(request.InFlight);
        var underWay = new List<Task>();
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } batch)
            {
                if (journal.IsSettled(batch.Index))
                {
                    figures.Pass(batch);
                    continue;
                }

                await slots.WaitAsync(cancellationToken);
                if (Volatile.Read(ref _stop) is not null)
                    break;
                underWay.RemoveAll(static task => task.IsCompletedSuccessfully);
                underWay.Add(SettleAsync(batch));
            }
        }
        finally
        {
            await Task.WhenAll(underWay);
        }

        async Task SettleAsync(BulkBatch batch)
        {
            try
            {
                var outcome = await client.SendAsync(batch, cancellationToken);
                if (outcome.Stop is not null)
                    Interlocked.CompareExchange(ref _stop, outcome.Stop, null);
                else
                    Note(outcome, journal, rejected);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // No further batch is begun; the failure itself comes out of the waiting for all.
                Interlocked.CompareExchange(ref _stop, failure.Message, null);
                throw;
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private void Note(BatchOutcome outcome, ImportJournal journal, RejectedLines rejected)
    {
        lock (_lock)
        {
            journal.Begin();
            rejected.Add(outcome.Refused);
            journal.Settle(new ImportJournal.BatchEntry
            {
                Index = outcome.Batch.Index,
                Accepted = outcome.Accepted,
                Rejected = outcome.Refused.Count,
                RejectedBytes = rejected.Length.Lines,
                ErrorsBytes = rejected.Length.Errors,
            });
        }

        figures.Add(outcome);
    }

    private HttpClient NewClient()
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = request.InFlight,
            // A name may come to mean another address while a long import runs.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = AnswerLimit,
            MaxResponseContentBufferSize = 64 * 1024 * 1024,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", request.Key);
        http.DefaultRequestHeaders.UserAgent.ParseAdd("events-import/1");
        return http;
    }
}
