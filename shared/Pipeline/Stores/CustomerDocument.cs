namespace CustomEvents.Pipeline.Stores;

/// <summary>A customer as a reader finds it.</summary>
/// <param name="Key">The customer.</param>
/// <param name="Json">The document as relaxed Extended JSON, without the pipeline's own fields.</param>
/// <param name="Events">How many events it has.</param>
public sealed record CustomerDocument(CustomerKey Key, string Json, long Events);
