using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite;

/// <summary>
/// The two files know each other, because SQLite takes a file that is missing or empty for a new one: a log that was lost would
/// otherwise begin anew without a word.
/// </summary>
internal static class FilePair
{
    /// <summary>The part of each file's schema that this needs.</summary>
    public const string Schema = "CREATE TABLE file(id BLOB NOT NULL, other BLOB, probe BLOB); INSERT INTO file VALUES(randomblob(16), NULL, NULL);";

    /// <exception cref="DataFolderException">One of them is not the other's.</exception>
    public static void Check(Connection log, string logPath, Connection stores, string storesPath)
    {
        var (logId, logOther) = Read(log);
        var (storesId, storesOther) = Read(stores);
        if (storesOther is not null && storesOther != logId)
            throw Missing(logPath, storesPath);
        if (logOther is not null && logOther != storesId)
            throw Missing(storesPath, logPath);
        if (storesOther is null)
            Write(stores, logId);
        if (logOther is null)
            Write(log, storesId);
    }

    private static DataFolderException Missing(string path, string witness) => new(
        $"{path} was missing or empty, or is not the one that {witness} was used with. Restore it from a backup, or, to begin anew without what it held, move the whole folder away.");

    private static (string Id, string? Other) Read(Connection connection)
    {
        var select = connection.Prepare("SELECT hex(id), hex(other) FROM file");
        select.Step();
        var result = (select.Text(0), select.Text(1) is { Length: > 0 } other ? other : null);
        select.Reset();
        return result;
    }

    private static void Write(Connection connection, string other) =>
        connection.Prepare("UPDATE file SET other=?1").BindBlob(1, Convert.FromHexString(other)).Run();
}
