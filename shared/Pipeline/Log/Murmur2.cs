using System.Buffers.Binary;

namespace CustomEvents.Pipeline.Log;

/// <summary>The partition of a key as Java's clients choose it by default (contract section 9): murmur2, seed 0x9747b28c.</summary>
public static class Murmur2
{
    private const uint M = 0x5bd1e995;

    /// <summary>The partition that a key's records go to.</summary>
    /// <param name="key">The key's bytes; may be empty.</param>
    /// <param name="partitions">How many partitions the topic has, at least 1.</param>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    /// <summary>The 32-bit hash.</summary>
    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var h = 0x9747b28c ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
            h = (h * M) ^ ((k ^ (k >> 24)) * M);
            data = data[4..];
        }

        if (data.Length > 0)
        {
            for (var i = data.Length - 1; i >= 0; i--)
                h ^= (uint)data[i] << (8 * i);
            h *= M;
        }

        h = (h ^ (h >> 13)) * M;
        return h ^ (h >> 15);
    }
}
