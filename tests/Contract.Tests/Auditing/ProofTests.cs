using System.Diagnostics;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Support;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>The shorter run of `make proof`: docs/proof.md.</summary>
[TestFixture]
[NonParallelizable]
public sealed class ProofTests
{
    private static readonly string[] Programs = ["ingest-api", "normalizer", "persister", "events"];

    [Test]
    public async Task All_services_killed_under_load_neither_lose_nor_double_nor_mix_up_anything_and_the_audit_would_see_it()
    {
        var (kafka, mongo) = (TestServers.Kafka, TestServers.Mongo);
        var folder = Directory.CreateTempSubdirectory("proof-").FullName;
        var start = new ProcessStartInfo(ProgramFile.Of("CustomEvents.Proof")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["kill-all", "--quick", "--check-audit", "--out", Path.Combine(folder, "report")])
            start.ArgumentList.Add(argument);
        foreach (var program in Programs)
        {
            start.ArgumentList.Add("--program");
            start.ArgumentList.Add($"{program}={ProgramFile.Of(program)}");
        }

        start.Environment["KAFKA_BOOTSTRAP_SERVERS"] = kafka;
        start.Environment["MONGODB_URI"] = mongo;
        using var proof = Process.Start(start)!;
        var (output, errors) = (proof.StandardOutput.ReadToEndAsync(), proof.StandardError.ReadToEndAsync());
        await proof.WaitForExitAsync();

        Assert.That(proof.ExitCode, Is.Zero, $"{await output}{await errors}");
        Directory.Delete(folder, recursive: true);
    }
}
