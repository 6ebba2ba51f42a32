using CustomEvents.Pipeline;

namespace CustomEvents.Sqlite.Database;

/// <summary>
/// The versions of a file's tables: the script at index n takes version n to n + 1, and <c>PRAGMA user_version</c> says
/// which the file has. A script that was released is never changed; a change is a further one.
/// </summary>
internal sealed class Migrations(params string[] scripts)
{
    /// <summary>The version that this program reads and writes.</summary>
    public int Version => scripts.Length;

    /// <summary>Brings a file up to date, all of it or nothing.</summary>
    /// <param name="connection">The connection that writes.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="mayUpgrade">Whether tables that are there may be changed: not beside a pipeline that works with them.</param>
    /// <exception cref="InfrastructureException">The file is of a newer version, or of an older one that may not be changed now.</exception>
    public void Apply(Connection connection, string path, bool mayUpgrade)
    {
        if (Read(connection, path) == Version)
            return;
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            // Looked at again under the lock: another process may have been faster.
            var version = Read(connection, path);
            if (version is > 0 && version < Version && !mayUpgrade)
            {
                throw new InfrastructureException(
                    $"{path} has version {version} of the tables and this program needs {Version}: stop the pipeline that uses it and start the new one, which brings it up to date.");
            }

            for (; version < Version; version++)
                connection.Execute(scripts[version]);
            connection.Execute($"PRAGMA user_version={Version}");
            connection.Execute("COMMIT");
        }
        catch
        {
            if (connection.InTransaction)
                connection.Execute("ROLLBACK");
            throw;
        }
    }

    private int Read(Connection connection, string path)
    {
        var version = (int)connection.Query("PRAGMA user_version");
        if (version > Version)
        {
            throw new InfrastructureException(
                $"{path} was written by a newer version of this program (tables of version {version}; this one knows {Version}): start the newer program, or name another folder in Embedded__DataDirectory.");
        }

        return version;
    }
}
