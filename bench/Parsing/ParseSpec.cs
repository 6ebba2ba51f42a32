namespace CustomEvents.Bench.Parsing;

/// <summary>How many iterations of each benchmark.</summary>
internal sealed record ParseSpec(int Iterations);

/// <summary>Median nanoseconds and bytes allocated of one event.</summary>
internal sealed record ParseResult(double BareReader, double Parse, long Allocated);
