using CustomEvents.Pipeline;
using CustomEvents.Sqlite.Database;
using CustomEvents.Sqlite.Log;
using CustomEvents.Sqlite.Stores;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace CustomEvents.Sqlite;

/// <summary>
/// The folder that holds everything: <c>log.db</c> and <c>stores.db</c>, two files so that their writers run side by
/// side. Opened once, by the first who needs it, and closed with the process.
/// </summary>
internal sealed class DataFolder(IOptions<EmbeddedOptions> options, FolderUse use, TimeProvider time) : IDisposable
{
    /// <summary>Up to this size a file that a crash left behind is read whole before it is used: about a second.</summary>
    private const long MaxCheckedBytes = 512L * 1024 * 1024;

    private readonly Lock _gate = new();
    private PipelineLock? _lock;
    private bool _isOpen;
    private bool _isClosed;
    private DatabaseFile? _logFile;
    private DatabaseFile? _storesFile;
    private LogState? _log;
    private StoreState? _stores;

    /// <summary>Where it is.</summary>
    public string Path => System.IO.Path.GetFullPath(options.Value.DataDirectory);

    /// <summary>The log's file and what is kept in memory beside it; opened where it was not.</summary>
    /// <exception cref="InfrastructureException">The folder cannot be used.</exception>
    public LogState Log
    {
        get
        {
            OpenForPort();
            return _log!;
        }
    }

    /// <summary>The stores' file and what is kept in memory beside it; opened where it was not.</summary>
    /// <exception cref="InfrastructureException">The folder cannot be used.</exception>
    public StoreState Stores
    {
        get
        {
            OpenForPort();
            return _stores!;
        }
    }

    /// <summary>Opens the folder: takes the lock, checks the files, makes or upgrades the tables.</summary>
    /// <exception cref="DataFolderException">It cannot be used as it is.</exception>
    /// <exception cref="InfrastructureException">The process is about to end.</exception>
    public void Open()
    {
        if (Volatile.Read(ref _isOpen))
            return;
        lock (_gate)
        {
            if (_isOpen)
                return;
            if (_isClosed)
                throw new InfrastructureException($"The data folder {Path} is closed: the process is about to end.");
            try
            {
                OpenFiles();
            }
            catch (Exception exception)
            {
                Close();
                switch (exception)
                {
                    case SqliteException error:
                        throw new DataFolderException(SqliteFaults.Translate(error, new DatabaseFile(Path)).Message, exception);
                    case InfrastructureException:
                        throw new DataFolderException(exception.Message, exception);
                    case IOException or UnauthorizedAccessException:
                        throw new DataFolderException(
                            $"The data folder {Path} cannot be used ({exception.Message.TrimEnd('.')}). Give the user of this process the right to write it, or name another in Embedded__DataDirectory.",
                            exception);
                    default:
                        throw;
                }
            }

            Volatile.Write(ref _isOpen, true);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Close();
        }
    }

    /// <summary>The ports promise one exception for everything that is not a record's fault.</summary>
    private void OpenForPort()
    {
        try
        {
            Open();
        }
        catch (DataFolderException exception)
        {
            throw new InfrastructureException(exception.Message, exception);
        }
    }

    private void OpenFiles()
    {
        Directory.CreateDirectory(Path);
        if (use == FolderUse.Pipeline)
        {
            _lock = PipelineLock.TryTake(Path) ?? throw new DataFolderException(
                $"Another pipeline works in the data folder {Path}: stop it first, or name another folder in Embedded__DataDirectory.");
        }

        var mayUpgrade = use == FolderUse.Pipeline || !PipelineLock.IsTaken(Path);
        _logFile = new DatabaseFile(System.IO.Path.Combine(Path, "log.db"));
        _storesFile = new DatabaseFile(System.IO.Path.Combine(Path, "stores.db"));
        Connection? log = null;
        Connection? stores = null;
        try
        {
            log = OpenFile(_logFile, LogSchema.Migrations, mayUpgrade);
            stores = OpenFile(_storesFile, StoreSchema.Migrations, mayUpgrade);
            FilePair.Check(log, _logFile.Path, stores, _storesFile.Path);
        }
        catch
        {
            log?.Dispose();
            stores?.Dispose();
            throw;
        }

        _log = new LogState(_logFile, time);
        _log.Load(log);
        _logFile.Start(log, _log, time);
        _stores = new StoreState(_storesFile);
        _storesFile.Start(stores, _stores, time);
    }

    private Connection OpenFile(DatabaseFile file, Migrations migrations, bool mayUpgrade)
    {
        try
        {
            var wal = new FileInfo(file.Path + "-wal");
            // An end without a crash copies the write-ahead log into the file and removes it.
            var crashed = use == FolderUse.Pipeline && wal is { Exists: true, Length: > 0 };
            var connection = Connection.OpenWriter(file.Path);
            try
            {
                migrations.Apply(connection, file.Path, mayUpgrade);
                if (crashed && new FileInfo(file.Path).Length <= MaxCheckedBytes)
                    Check(connection, file);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException exception)
        {
            throw SqliteFaults.Translate(exception, file);
        }
    }

    private static void Check(Connection connection, DatabaseFile file)
    {
        var check = connection.Prepare("PRAGMA quick_check(1)");
        var answer = check.Step() ? check.Text(0) : "ok";
        check.Reset();
        if (answer != "ok")
            throw new SqliteException($"{file.Name}: {answer}", SQLitePCL.raw.SQLITE_CORRUPT);
    }

    private void Close()
    {
        _logFile?.Dispose();
        _storesFile?.Dispose();
        _lock?.Dispose();
        _lock = null;
        _isOpen = false;
    }
}
