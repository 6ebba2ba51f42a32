using System.Text.RegularExpressions;

namespace CustomEvents.Tests.Architecture;

/// <summary>The directions in which the parts depend on each other; docs/architecture.md says why.</summary>
public sealed class DependencyTests
{
    private const string Events = "shared/Events/Events.csproj";
    private const string Pipeline = "shared/Pipeline/Pipeline.csproj";
    private const string AllInOne = "services/all-in-one/all-in-one.csproj";

    private static readonly Dictionary<string, string[]> AllowedOfShared = new()
    {
        [Events] = [],
        [Pipeline] = [Events],
        ["shared/Kafka/Kafka.csproj"] = [Events, Pipeline],
        ["shared/MongoDb/MongoDb.csproj"] = [Events, Pipeline],
        ["shared/Sqlite/Sqlite.csproj"] = [Events, Pipeline],
        ["shared/Hosting/Hosting.csproj"] = [Events, Pipeline],
    };

    [Test]
    public void Every_shared_library_refers_only_to_what_it_may()
    {
        var wrong = new List<string>();
        foreach (var project in Checkout.Projects("shared"))
        {
            if (!AllowedOfShared.TryGetValue(project, out var allowed))
            {
                wrong.Add($"{project} is new: say here what it may refer to");
                continue;
            }

            wrong.AddRange(Checkout.ProjectReferences(project).Except(allowed).Select(reference => $"{project} -> {reference}"));
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void The_shared_libraries_of_the_design_are_all_there() =>
        Assert.That(Checkout.Projects("shared"), Is.SupersetOf(AllowedOfShared.Keys));

    [TestCase("ingest-api")]
    [TestCase("normalizer")]
    [TestCase("persister")]
    [TestCase("all-in-one")]
    [TestCase("operator")]
    public void A_service_of_the_design_is_there(string name) =>
        Assert.That(Checkout.Projects("services"), Does.Contain($"services/{name}/{name}.csproj"));

    [Test]
    public void No_service_refers_to_another_but_the_all_in_one_which_is_only_wiring()
    {
        var wrong = Checkout.Projects("services")
            .Where(project => project != AllInOne)
            .SelectMany(project => Checkout.ProjectReferences(project)
                .Where(reference => !reference.StartsWith("shared/", StringComparison.Ordinal))
                .Select(reference => $"{project} -> {reference}"));

        Assert.That(wrong, Is.Empty);
    }

    [TestCase("shared/Kafka/", "Confluent")]
    [TestCase("shared/MongoDb/", "MongoDB")]
    [TestCase("shared/Sqlite/", "Microsoft.Data.Sqlite")]
    [TestCase("shared/Sqlite/", "SQLitePCL")]
    [TestCase("services/ingest-api/", "StackExchange")]
    public void Only_its_adapter_takes_the_driver(string adapter, string vendor)
    {
        var packages = Checkout.Projects("shared", "services")
            .Where(project => !project.StartsWith(adapter, StringComparison.Ordinal))
            .SelectMany(project => Checkout.PackageReferences(project)
                .Where(package => package.StartsWith(vendor, StringComparison.OrdinalIgnoreCase))
                .Select(package => $"{project} -> {package}"));
        var name = new Regex($@"(using\s+(static\s+)?|global::|[\s(<,]){Regex.Escape(vendor)}\.[A-Z]", RegexOptions.CultureInvariant);
        var sources = Checkout.Sources("shared", "services")
            .Where(path => !path.StartsWith(adapter, StringComparison.Ordinal))
            .SelectMany(path => CodeLines(path).Where(line => name.IsMatch(line)).Select(line => $"{path}: {line.Trim()}"));

        Assert.That(packages.Concat(sources), Is.Empty);
    }

    [Test]
    public void Events_is_pure_without_input_output_or_a_clock()
    {
        var impure = new Regex(
            @"\b(System\.IO\.(?!Pipelines)|System\.Net\b|System\.Diagnostics\.Process|File\.|Directory\.|Console\.|Environment\.|HttpClient|TimeProvider|Stopwatch|Task\.Run)",
            RegexOptions.CultureInvariant);
        var wrong = Checkout.Sources("shared/Events")
            .SelectMany(path => CodeLines(path).Where(line => impure.IsMatch(line)).Select(line => $"{path}: {line.Trim()}"));

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void The_proof_trusts_nothing_of_the_code_that_it_judges() =>
        Assert.That(Checkout.Projects("proof").SelectMany(Checkout.ProjectReferences), Is.Empty);

    [Test]
    public void Product_code_refers_to_no_test_or_benchmark()
    {
        var wrong = Checkout.Projects("shared", "services")
            .SelectMany(project => Checkout.ProjectReferences(project)
                .Where(reference => reference.StartsWith("tests/", StringComparison.Ordinal) || reference.StartsWith("bench/", StringComparison.Ordinal) || reference.StartsWith("proof/", StringComparison.Ordinal))
                .Select(reference => $"{project} -> {reference}"));

        Assert.That(wrong, Is.Empty);
    }

    /// <summary>The lines of a source without those that are comments whole.</summary>
    private static IEnumerable<string> CodeLines(string path) =>
        Checkout.Read(path).Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
