using CustomEvents.Pipeline.Stores;

namespace CustomEvents.IngestApi.Authentication;

/// <summary>What is known of a key, and the key itself where it is live.</summary>
internal readonly record struct KeyVerdict(KeyStanding Standing, ApiKey? Key = null);
