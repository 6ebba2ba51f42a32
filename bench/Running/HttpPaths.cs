namespace CustomEvents.Bench.Running;

/// <summary>Paths of the bare endpoint beside those of the API.</summary>
internal static class HttpPaths
{
    public const string Ready = "/ready";
    public const string Allocated = "/allocated";
    public const string Bulk = "/bulk";
}
