using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// What was refused, beside the imported file: the lines as they were, to be mended and imported, and for each its number and the reasons. The two
/// files are made when there is something to write.
/// </summary>
internal sealed class RejectedLines(string path, string errorsPath, SafeFileHandle source) : IDisposable
{
    private const int ShownBytes = 2_000;

    private FileStream? _lines;
    private FileStream? _errors;

    /// <summary>How long the files are.</summary>
    public (long Lines, long Errors) Length => (_lines?.Position ?? 0, _errors?.Position ?? 0);

    /// <summary>Goes back to how the files were when the journal was written last: a line that was written and not noted is written again.</summary>
    public void GoBackTo(long lines, long errors)
    {
        if (lines == 0 && errors == 0)
        {
            File.Delete(path);
            File.Delete(errorsPath);
            return;
        }

        Open();
        Cut(_lines!, lines);
        Cut(_errors!, errors);
    }

    /// <summary>Writes some, by their numbers; they are durable when it returns.</summary>
    public void Add(IReadOnlyList<RefusedLine> refused)
    {
        if (refused.Count == 0)
            return;
        Open();
        var buffer = new byte[64 * 1024];
        foreach (var line in refused.OrderBy(static line => line.Number))
        {
            var shown = Copy(line, buffer);
            var text = Encoding.UTF8.GetString(shown);
            _errors!.Write(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{{\"line\":{line.Number},\"errors\":{line.Errors},\"text\":{JsonSerializer.Serialize(text)}}}\n")));
        }

        _lines!.Flush(flushToDisk: true);
        _errors!.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _errors?.Dispose();
    }

    /// <summary>Copies the line's own bytes from the file, however long it is; its beginning.</summary>
    private byte[] Copy(RefusedLine line, byte[] buffer)
    {
        byte[]? shown = null;
        var offset = line.Offset;
        for (var left = line.Length; left > 0;)
        {
            var read = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)), offset);
            if (read == 0)
                break;
            var part = buffer.AsSpan(0, read);
            // Anywhere but at the start of a file a byte order mark is an error.
            if (offset == 0 && part.StartsWith("\uFEFF"u8))
                part = part[3..];
            shown ??= part[..Math.Min(part.Length, ShownBytes)].ToArray();
            _lines!.Write(part);
            offset += read;
            left -= read;
        }

        _lines!.WriteByte((byte)'\n');
        return shown ?? [];
    }

    private void Open()
    {
        _lines ??= new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _errors ??= new FileStream(errorsPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
    }

    private static void Cut(FileStream file, long length)
    {
        file.SetLength(length);
        file.Position = length;
    }
}
