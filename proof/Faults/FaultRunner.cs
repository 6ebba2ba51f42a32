using System.Diagnostics;
using CustomEvents.Proof.Auditing;
using CustomEvents.Proof.Reporting;

namespace CustomEvents.Proof.Faults;

/// <summary>Runs one fault from the start of its pipeline to its audit.</summary>
internal static class FaultRunner
{
    /// <summary>Runs it; whatever goes wrong is in the result.</summary>
    public static async Task<FaultResult> RunAsync(ProofOptions options, Fault fault)
    {
        var since = Stopwatch.StartNew();
        var logs = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.Out))!, "logs", fault.Name);
        if (Directory.Exists(logs))
            Directory.Delete(logs, recursive: true);
        Findings? findings = null;
        FaultRun? run = null;
        var failures = new List<string>();
        try
        {
            run = await FaultRun.StartAsync(options, fault, logs);
            if (fault.IsUnderLoad)
                run.StartLoad();
            await fault.DoAsync(run);
            await run.DrainAsync();
            findings = await run.AuditAsync();
            if (options.ChecksAudit && findings.AreNone)
                failures.AddRange(await AuditCheck.RunAsync(run));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            failures.Add($"{failure.GetType().Name}: {failure.Message} {failure.StackTrace?.Split('\n')[0].Trim()}");
        }

        try
        {
            if (run is not null)
                await run.DisposeAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            failures.Add($"cleaning up: {failure.GetType().Name}: {failure.Message}");
        }

        return new FaultResult(fault.Name, fault.What, null, findings, run?.Recoveries ?? [], run?.Notes ?? [], [.. failures, .. run?.Failures ?? []], since.Elapsed);
    }
}
