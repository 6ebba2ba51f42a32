namespace CustomEvents.IngestApi.Authentication;

/// <summary>What is known of a key.</summary>
internal enum KeyStanding
{
    /// <summary>It is live.</summary>
    Live,

    /// <summary>There is no such key, or it has expired or was revoked.</summary>
    Refused,

    /// <summary>The store of keys cannot be asked now, and the key is not one that this instance knows.</summary>
    Unknown,
}
