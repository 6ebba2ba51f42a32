using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CustomEvents.Events;

/// <summary>Ids of events that are derived and not drawn: the same input gives the same id (contract sections 2 and 9). UUIDs of version 8.</summary>
public static class EventIds
{
    private const int TextLength = 36;

    /// <summary>The id of an event in a request with an <c>Idempotency-Key</c>.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="endpoint">Which endpoint: <c>events</c> or <c>events/bulk</c>.</param>
    /// <param name="idempotencyKey">The key.</param>
    /// <param name="json">The event's own bytes, without a byte order mark.</param>
    /// <param name="occurrence">How many events of equal bytes stand before it in the request.</param>
    public static Guid FromIdempotencyKey(string storeId, string endpoint, string idempotencyKey, ReadOnlySpan<byte> json, int occurrence)
    {
        var preimage = new Preimage(stackalloc byte[1_024], "request"u8);
        preimage.Text(storeId);
        preimage.Text(endpoint);
        preimage.Text(idempotencyKey);
        preimage.Number(occurrence);
        return preimage.ToId(json);
    }

    /// <summary>The id of a direct producer's record that has none of its own.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="timestamp">The record's timestamp, UTC.</param>
    /// <param name="value">The record's value with its frame; empty for a tombstone.</param>
    public static Guid FromRecord(string topic, int partition, long offset, DateTime timestamp, ReadOnlySpan<byte> value)
    {
        var preimage = new Preimage(stackalloc byte[1_024], "record"u8);
        preimage.Text(topic);
        preimage.Number(partition);
        preimage.Number(offset);
        preimage.Number(timestamp.Ticks);
        return preimage.ToId(value);
    }

    /// <summary>Reads a UUID as 8-4-4-4-12 hexadecimal digits, nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Guid id)
    {
        id = default;
        if (utf8.Length != TextLength)
            return false;
        Span<char> digits = stackalloc char[32];
        var count = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                if (utf8[i] != '-')
                    return false;
            }
            else
            {
                digits[count++] = (char)utf8[i];
            }
        }
        Span<byte> bytes = stackalloc byte[16];
        if (Convert.FromHexString(digits, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        id = new Guid(bytes, bigEndian: true);
        return true;
    }

    // Every part goes in with its length, so that no two inputs run together into one.
    private ref struct Preimage
    {
        private Span<byte> _buffer;
        private int _length;

        public Preimage(Span<byte> buffer, ReadOnlySpan<byte> domain)
        {
            _buffer = buffer;
            Bytes(domain);
        }

        public void Text(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            Number(length);
            Encoding.UTF8.GetBytes(text, Room(length));
            _length += length;
        }

        public void Number(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
            _length += 8;
        }

        public Guid ToId(ReadOnlySpan<byte> json)
        {
            SHA256.HashData(json, Room(SHA256.HashSizeInBytes));
            _length += SHA256.HashSizeInBytes;
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_buffer[.._length], hash);
            var id = hash[..16];
            id[6] = (byte)((id[6] & 0x0F) | 0x80);
            id[8] = (byte)((id[8] & 0x3F) | 0x80);
            return new Guid(id, bigEndian: true);
        }

        private void Bytes(ReadOnlySpan<byte> bytes)
        {
            Number(bytes.Length);
            bytes.CopyTo(Room(bytes.Length));
            _length += bytes.Length;
        }

        private Span<byte> Room(int length)
        {
            if (_buffer.Length - _length < length)
            {
                var larger = new byte[Math.Max(_buffer.Length * 2, _length + length)];
                _buffer[.._length].CopyTo(larger);
                _buffer = larger;
            }
            return _buffer[_length..];
        }
    }
}
