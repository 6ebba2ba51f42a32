namespace CustomEvents.Sqlite;

/// <summary>
/// Keeps a data folder to one pipeline. The operating system holds the lock for as long as the process lives, so that none is left
/// behind by a crash.
/// </summary>
internal sealed class PipelineLock : IDisposable
{
    private const string FileName = "pipeline.lock";
    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows; a read-only folder is none of them.</summary>
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];
    private readonly FileStream _file;

    private PipelineLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null where another process has it for longer than a command of the operator that only looks.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static PipelineLock? TryTake(string folder)
    {
        using var pause = new ManualResetEventSlim();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            if (TryOpen(folder) is { } file)
                return new PipelineLock(file);
            pause.Wait(TimeSpan.FromMilliseconds(50));
        }

        return null;
    }

    /// <summary>Whether a pipeline works in the folder.</summary>
    public static bool IsTaken(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName)))
            return false;
        using var file = TryOpen(folder);
        return file is null;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (Array.IndexOf(HeldByAnother, exception.HResult) >= 0)
        {
            return null;
        }
    }
}
