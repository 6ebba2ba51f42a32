using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace CustomEvents.IngestApi.Bodies;

/// <summary>
/// Unpacks a compressed body. It stops at the limit, so a bomb costs no more than a body of that size; and it refuses what ends too
/// early or has anything behind its end, which the streams of .NET take without a word.
/// </summary>
internal static class Decompression
{
    /// <summary>RFC 9659: a decoder of the content coding zstd need not take windows of more than 8 MB, and this one does not.</summary>
    private const int MaxZstandardWindowLog = 23;

    /// <summary>Unpacks <paramref name="packed"/> into <paramref name="body"/>.</summary>
    public static BodyOutcome Unpack(ContentCoding coding, ReadOnlyMemory<byte> packed, int limit, PooledBody body)
    {
        try
        {
            return coding switch
            {
                ContentCoding.Gzip => UnpackGzip(packed, limit, body),
                ContentCoding.Deflate => UnpackZlib(packed, limit, body),
                ContentCoding.Brotli => UnpackBrotli(packed.Span, limit, body),
                ContentCoding.Zstandard => UnpackZstandard(packed, limit, body),
                ContentCoding.Identity => body.TryAppend(new ReadOnlySequence<byte>(packed), limit) ? BodyOutcome.Complete : BodyOutcome.NoMemory,
            };
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or ZstdException)
        {
            return BodyOutcome.BrokenCoding;
        }
    }

    private static BodyOutcome UnpackGzip(ReadOnlyMemory<byte> packed, int limit, PooledBody body)
    {
        if (packed.Length < 18)
            return BodyOutcome.BrokenCoding;
        using var input = new LastByteApart(packed);
        using var gzip = new GZipStream(input, CompressionMode.Decompress, leaveOpen: true);
        var outcome = Copy(gzip, limit, body);
        return outcome == BodyOutcome.Complete && !(input.IsAtEnd && EndsAsGzip(packed.Span, body.Memory.Span))
            ? BodyOutcome.BrokenCoding
            : outcome;
    }

    /// <summary>Whether the last eight bytes are the check sum and length of the last member, of which there may be several.</summary>
    private static bool EndsAsGzip(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> unpacked)
    {
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(packed[^8..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(packed[^4..]);
        if (length > unpacked.Length)
            return false;
        // An empty last member has eight zeros there, as padding would: it is told apart by its one empty block.
        if (length == 0 && !packed[^10..^8].SequenceEqual<byte>([3, 0]))
            return false;
        return Crc32.HashToUInt32(unpacked[^(int)length..]) == crc;
    }

    private static BodyOutcome UnpackZlib(ReadOnlyMemory<byte> packed, int limit, PooledBody body)
    {
        if (packed.Length < 8)
            return BodyOutcome.BrokenCoding;
        using var input = new LastByteApart(packed);
        using var zlib = new ZLibStream(input, CompressionMode.Decompress, leaveOpen: true);
        var outcome = Copy(zlib, limit, body);
        return outcome == BodyOutcome.Complete
            && !(input.IsAtEnd && BinaryPrimitives.ReadUInt32BigEndian(packed.Span[^4..]) == Adler32(body.Memory.Span))
            ? BodyOutcome.BrokenCoding
            : outcome;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        // RFC 1950; 5,552 is the longest run for which the sums stay within 32 bits.
        uint a = 1, b = 0;
        while (!bytes.IsEmpty)
        {
            var run = bytes[..Math.Min(5552, bytes.Length)];
            foreach (var value in run)
            {
                a += value;
                b += a;
            }

            a %= 65521;
            b %= 65521;
            bytes = bytes[run.Length..];
        }

        return (b << 16) | a;
    }

    private static BodyOutcome UnpackBrotli(ReadOnlySpan<byte> packed, int limit, PooledBody body)
    {
        using var decoder = new BrotliDecoder();
        Span<byte> overflow = stackalloc byte[1];
        while (true)
        {
            if (body.Length == limit)
            {
                // Full to the byte: whether it ends here is known only when it is asked for one more.
                var last = decoder.Decompress(packed, overflow, out var rest, out var more);
                return more > 0 ? BodyOutcome.TooLarge
                    : last == OperationStatus.Done && rest == packed.Length ? BodyOutcome.Complete
                    : BodyOutcome.BrokenCoding;
            }

            if (!body.TryGetFree(limit, out var free))
                return BodyOutcome.NoMemory;
            var status = decoder.Decompress(packed, free, out var consumed, out var written);
            body.Advance(written);
            packed = packed[consumed..];
            switch (status)
            {
                case OperationStatus.Done:
                    return packed.IsEmpty ? BodyOutcome.Complete : BodyOutcome.BrokenCoding;
                case OperationStatus.DestinationTooSmall:
                    continue;
                case OperationStatus.NeedMoreData:
                case OperationStatus.InvalidData:
                    return BodyOutcome.BrokenCoding;
            }
        }
    }

    private static BodyOutcome UnpackZstandard(ReadOnlyMemory<byte> packed, int limit, PooledBody body)
    {
        if (packed.IsEmpty)
            return BodyOutcome.BrokenCoding;
        using var input = StreamOver(packed);
        using var decompressor = new Decompressor();
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxZstandardWindowLog);
        using var zstandard = new DecompressionStream(
            input, decompressor, bufferSize: 0, checkEndOfStream: true, preserveDecompressor: true, leaveOpen: true);
        return Copy(zstandard, limit, body);
    }

    private static BodyOutcome Copy(Stream unpacked, int limit, PooledBody body)
    {
        Span<byte> overflow = stackalloc byte[1];
        while (true)
        {
            if (body.Length == limit)
                return unpacked.Read(overflow) == 0 ? BodyOutcome.Complete : BodyOutcome.TooLarge;
            if (!body.TryGetFree(limit, out var free))
                return BodyOutcome.NoMemory;
            var read = unpacked.Read(free);
            if (read == 0)
                return BodyOutcome.Complete;
            body.Advance(read);
        }
    }

    private static MemoryStream StreamOver(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    /// <summary>
    /// Gives its last byte in a read of its own: a decoder that ends without asking for it has something behind its end.
    /// </summary>
    private sealed class LastByteApart(ReadOnlyMemory<byte> bytes) : Stream
    {
        private int _position;

        public bool IsAtEnd => _position == bytes.Length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var left = bytes.Length - _position;
            var count = Math.Min(buffer.Length, left > 1 ? left - 1 : left);
            bytes.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
