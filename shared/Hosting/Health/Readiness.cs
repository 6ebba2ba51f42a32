using CustomEvents.Pipeline;

namespace CustomEvents.Hosting.Health;

/// <summary>Whether the service can work now: all that it needs is there, and every part of it says so.</summary>
internal sealed class Readiness(DependencyMonitor dependencies, IEnumerable<IReadinessSource> parts)
{
    private readonly IReadinessSource[] _parts = [.. parts];

    /// <summary>Every part and its problem.</summary>
    public IReadOnlyList<SourceHealth> Sources =>
        [.. dependencies.Sources, .. _parts.Select(static part => new SourceHealth(part.Name, part.Problem, part.IsRequired))];

    /// <summary>Whether none that the service cannot work without has a problem.</summary>
    public bool IsReady => Sources.All(static source => source.Problem is null || !source.IsRequired);
}
