namespace CustomEvents.Sqlite;

/// <summary>
/// Keeps a data folder to one pipeline. The operating system holds the lock for as long as the process lives, so that none is left
/// behind by a crash.
/// </summary>
internal sealed class PipelineLock : IDisposable
{
    private const string FileName = "pipeline.lock";
    private readonly FileStream _file;

    private PipelineLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null where another process has it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static PipelineLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        // Made apart from the locking, so that what the locking throws means the lock and nothing else.
        if (!File.Exists(path))
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        try
        {
            return new PipelineLock(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not FileNotFoundException and not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a pipeline works in the folder.</summary>
    public static bool IsTaken(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName)))
            return false;
        using var taken = TryTake(folder);
        return taken is null;
    }

    public void Dispose() => _file.Dispose();
}
