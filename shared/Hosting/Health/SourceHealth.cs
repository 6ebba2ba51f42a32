namespace CustomEvents.Hosting.Health;

/// <summary>How one part of a service is.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Problem">What is wrong; null where nothing is.</param>
/// <param name="IsRequired">Whether the service cannot work while there is a problem.</param>
internal readonly record struct SourceHealth(string Name, string? Problem, bool IsRequired = true);
