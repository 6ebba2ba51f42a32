using System.Security.Cryptography;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// Reads a file line by line, in memory for one line of the allowed length, whatever the file holds: with or without byte order mark, LF or CRLF,
/// with or without an end of the last line. It hashes what it reads, so that a file that changes under it is noticed.
/// </summary>
internal sealed class NdjsonReader(Stream file, int maxLineBytes) : IDisposable
{
    // A line, its end, and blanks around it that do not count.
    private const int Slack = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[maxLineBytes + Slack + 256 * 1024];
    private int _start;
    private int _end;
    private long _startOffset;
    private long _number;
    private bool _isAtEnd;

    /// <summary>The SHA-256 of everything that was read, hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>How many bytes of the file are behind the last line that was read.</summary>
    public long Position => _startOffset;

    /// <summary>The next line that is not blank; null at the end.</summary>
    public async ValueTask<NdjsonLine?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var feed = await FindEndAsync(cancellationToken);
            if (feed == 0)
                return null;
            var offset = _startOffset;
            // The end of the buffer that is no line feed is the end of the file, or a line that does not fit.
            var isEnded = _buffer[_start + feed - 1] == (byte)'\n';
            var line = _buffer.AsMemory(_start, isEnded ? feed - 1 : feed);
            Take(feed);
            _number++;
            long length = line.Length;
            if (!isEnded && !_isAtEnd)
            {
                length += await SkipAsync(cancellationToken);
                return new NdjsonLine(_number, offset, length, default, true);
            }

            var text = line;
            if (offset == 0 && text.Span.StartsWith(ByteOrderMark))
                text = text[ByteOrderMark.Length..];
            text = text.Trim(" \t\r"u8);
            if (text.IsEmpty)
                continue;
            return text.Length <= maxLineBytes
                ? new NdjsonLine(_number, offset, length, text, false)
                : new NdjsonLine(_number, offset, length, default, true);
        }
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>How many bytes the line takes with its end; all that fits where the end is not in sight, 0 at the end of the file.</summary>
    private async ValueTask<int> FindEndAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
                return searched + found + 1;
            searched = _end - _start;
            if (_isAtEnd || !await FillAsync(cancellationToken))
                return _end - _start;
        }
    }

    /// <summary>Goes on to the end of a line that does not fit; how many bytes of it were passed over.</summary>
    private async ValueTask<long> SkipAsync(CancellationToken cancellationToken)
    {
        var skipped = 0L;
        while (true)
        {
            var part = await FindEndAsync(cancellationToken);
            if (part == 0)
                return skipped;
            var isEnded = _buffer[_start + part - 1] == (byte)'\n';
            Take(part);
            skipped += isEnded ? part - 1 : part;
            if (isEnded || _isAtEnd)
                return skipped;
        }
    }

    private void Take(int bytes)
    {
        _start += bytes;
        _startOffset += bytes;
    }

    /// <summary>False where the buffer is full.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            return false;
        var read = await file.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _isAtEnd = read == 0;
        _hash.AppendData(_buffer, _end, read);
        _end += read;
        return true;
    }
}
