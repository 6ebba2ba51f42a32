using CustomEvents.Proof.Load;

namespace CustomEvents.Proof.Running;

/// <summary>A store of the pipeline under test, its traffic and its client.</summary>
internal sealed record ProofStore(string Id, StoreTraffic Traffic, ApiClient Client);
