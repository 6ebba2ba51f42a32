using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
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
        var settings = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = TestServers.Kafka, ["MONGODB_URI"] = TestServers.Mongo };
        if (TestServers.HasSchemaRegistry)
            settings["SCHEMA_REGISTRY_URL"] = TestServers.SchemaRegistry;
        var folder = Directory.CreateTempSubdirectory("proof-").FullName;
        string[] arguments =
        [
            "kill-all", "--quick", "--check-audit", "--out", Path.Combine(folder, "report"),
            .. Programs.SelectMany(static program => new[] { "--program", $"{program}={ProgramFile.Of(program)}" }),
        ];

        var proof = await OperatorRun.OfAsync("CustomEvents.Proof", arguments, settings, limit: TimeSpan.FromMinutes(10));

        Assert.That(proof.ExitCode, Is.Zero, proof.Output + proof.Error);
        Directory.Delete(folder, recursive: true);
    }
}
