using System.Text.Json.Serialization;

namespace CustomEvents.Operator.Importing;

/// <summary>What is imported, and where to: what a journal belongs to.</summary>
/// <param name="Sha256">The SHA-256 of the file, hexadecimal.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Store">The store.</param>
/// <param name="Url">The API's address.</param>
internal sealed record ImportIdentity(string Sha256, long Bytes, string Store, string Url)
{
    /// <summary>
    /// What the Idempotency-Keys begin with: it follows from the file's bytes and from how it is cut, so that the same file is the same requests,
    /// whatever became of the journal.
    /// </summary>
    [JsonIgnore]
    public string KeyPrefix => $"import-100x20M-{Sha256}";
}
