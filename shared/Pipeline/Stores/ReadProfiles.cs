namespace CustomEvents.Pipeline.Stores;

/// <summary>Profiles that were read, and whether they are all there are of those asked for.</summary>
/// <param name="Found">The profiles by their customers.</param>
/// <param name="IsWhole">True where the customers that are not among them do not exist; false where reading ended at the bound, and of the others nothing is known.</param>
public sealed record ReadProfiles(IReadOnlyDictionary<CustomerKey, StoredProfile> Found, bool IsWhole);
