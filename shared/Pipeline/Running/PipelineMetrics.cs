namespace CustomEvents.Pipeline.Running;

/// <summary>Where the runner's measurements and traces are to be found.</summary>
public static class PipelineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CustomEvents.Pipeline";

    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "CustomEvents.Pipeline";
}
