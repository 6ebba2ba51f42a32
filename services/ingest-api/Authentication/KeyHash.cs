using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CustomEvents.IngestApi.Authentication;

/// <summary>The SHA-256 of a key: all of a key that is ever kept. Comparing two takes the same time wherever they differ.</summary>
internal readonly struct KeyHash : IEquatable<KeyHash>
{
    private readonly Block _block;

    private KeyHash(ReadOnlySpan<byte> hash) => hash.CopyTo(_block);

    [UnscopedRef]
    private ReadOnlySpan<byte> Bytes => _block;

    /// <summary>Hashes a key of visible ASCII.</summary>
    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        Span<byte> ascii = stackalloc byte[BearerToken.MaxLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = System.Text.Encoding.ASCII.GetBytes(key, ascii);
        SHA256.HashData(ascii[..length], hash);
        return new KeyHash(hash);
    }

    /// <summary>As the store of keys knows it: 64 hexadecimal digits in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes);

    /// <inheritdoc/>
    public bool Equals(KeyHash other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KeyHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Bytes);

    [InlineArray(SHA256.HashSizeInBytes)]
    private struct Block
    {
        private byte _first;
    }
}
