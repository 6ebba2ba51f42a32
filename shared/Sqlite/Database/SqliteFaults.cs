using CustomEvents.Events;
using CustomEvents.Pipeline;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomEvents.Sqlite.Database;

/// <summary>What SQLite's errors mean for the pipeline, and what to do about them.</summary>
internal static class SqliteFaults
{
    /// <summary>Whether the trouble is the disk's, the file's or another process's, and no record's.</summary>
    public static bool IsInfrastructure(SqliteException exception) => Remedy(exception.SqliteErrorCode) is not null;

    /// <summary>The exception that the ports promise for it.</summary>
    public static Exception Translate(SqliteException exception, DatabaseFile file) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_TOOBIG => new RecordFaultException(ErrorCode.TooLarge, "The record is larger than SQLite can store.", exception),
        var code when Remedy(code) is { } remedy => new InfrastructureException(
            $"{file.Path}: {remedy} (SQLite error {exception.SqliteExtendedErrorCode})", exception),
        _ => exception,
    };

    private static string? Remedy(int code) => code switch
    {
        raw.SQLITE_FULL => "the disk is full. Make room; what was accepted is kept, and work goes on by itself.",
        raw.SQLITE_READONLY => "it cannot be written. Give the user of this process the right to write the file and its folder.",
        raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
            "it cannot be opened. Check that the folder is there and that the user of this process may read and write it.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            "it is damaged or is no database of this pipeline. Stop the pipeline, keep a copy of the folder, and restore the file from a backup, or rescue it with `sqlite3 FILE .recover`.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => "another process has kept it locked for 10 s. Find out which, for example with `lsof`.",
        raw.SQLITE_IOERR => "the disk reports an error. Check the disk and the kernel's log.",
        raw.SQLITE_NOMEM => "there is no memory left.",
        _ => null,
    };
}
