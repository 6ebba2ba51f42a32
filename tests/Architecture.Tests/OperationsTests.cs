using System.Text.Json;
using System.Text.RegularExpressions;

namespace CustomEvents.Tests.Architecture;

/// <summary>Alerts, dashboard and runbook agree with each other and with what the code exports.</summary>
public sealed partial class OperationsTests
{
    private const string AlertRules = "compose/prometheus/alerts.yml";
    private const string Dashboard = "compose/grafana/dashboards/pipeline.json";
    private const string Runbook = "docs/operations.md";

    private static IEnumerable<string> Alerts() => Alert().Matches(Checkout.Read(AlertRules)).Select(match => match.Groups[1].Value);

    [Test]
    public void Alert_rules_are_well_formed_and_do_what_their_tests_say()
    {
        Promtool.Succeeds("check", "rules", Path.Combine(Checkout.Root, AlertRules));
        Promtool.Succeeds("test", "rules", Path.Combine(Checkout.Root, "compose/prometheus/alerts.test.yml"));
    }

    [Test]
    public void Every_query_of_the_dashboard_is_one()
    {
        var rules = Queries().Select((query, i) => $"      - {{record: \"q{i}\", expr: {JsonSerializer.Serialize(query.Replace("$__rate_interval", "1m", StringComparison.Ordinal))}}}");
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"queries-{Guid.NewGuid():N}.yml");
        try
        {
            File.WriteAllText(file, "groups:\n  - name: dashboard\n    rules:\n" + string.Join('\n', rules) + "\n");
            Promtool.Succeeds("check", "rules", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCaseSource(nameof(Alerts))]
    public void An_alert_is_tested_and_leads_to_its_section_of_the_runbook(string alert)
    {
        Assert.That(Checkout.Read(AlertRules), Does.Contain($"runbook_url: {Runbook}#{alert.ToLowerInvariant()}"));
        Assert.That(Checkout.Read(Runbook), Does.Match($"(?m)^#+ {alert}$"));
        Assert.That(Checkout.Read("compose/prometheus/alerts.test.yml"), Does.Match($@"alertname: {alert}\n\s+exp_alerts:\n"), "no test sees it fire");
    }

    [TestCase(AlertRules)]
    [TestCase("compose/prometheus/alerts.test.yml")]
    [TestCase(Dashboard)]
    public void Every_metric_and_label_that_is_asked_for_is_exported(string path)
    {
        var names = Name().Matches(Checkout.Read(path)).Select(match => match.Value).Distinct().ToList();
        Assert.That(names, Is.Not.Empty);
        Assert.That(names.Except(ExportedNames.Series).Except(ExportedNames.Labels), Is.Empty);
    }

    [Test]
    public void Every_metric_of_the_code_is_in_the_runbooks_table()
    {
        var table = Checkout.Read(Runbook);
        Assert.That(ExportedNames.Metrics, Has.Count.GreaterThan(15));
        Assert.That(ExportedNames.Metrics.Where(metric => !table.Contains($"| `{metric.Key}` | `{metric.Value}` |", StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<string> Queries()
    {
        using var dashboard = JsonDocument.Parse(Checkout.Read(Dashboard));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    [GeneratedRegex(@"(?m)^ +- alert: (\w+)$")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(?:custom_events|messaging|db|http)_[a-z_]+")]
    private static partial Regex Name();
}
