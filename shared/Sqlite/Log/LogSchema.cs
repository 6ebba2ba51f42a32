using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Log;

/// <summary>
/// The tables of the log. Each partition has a table of its own (<c>records_N</c>, made with its topic), so that every append
/// goes to the end of a tree, which SQLite does without splitting pages in the middle.
/// </summary>
internal static class LogSchema
{
    public static readonly Migrations Migrations = new(
        FilePair.Schema +
        """
        CREATE TABLE topics(topic INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, topic_id BLOB NOT NULL);
        CREATE TABLE partitions(
          number INTEGER PRIMARY KEY, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
          -- What the next offset is at least: the records before it may all be deleted.
          floor INTEGER NOT NULL DEFAULT 0,
          UNIQUE(topic, partition));
        -- next_offset is null while a group has joined and not committed: retention spares what it has yet to read.
        CREATE TABLE group_offsets(
          group_name TEXT NOT NULL, number INTEGER NOT NULL, next_offset INTEGER,
          PRIMARY KEY(group_name, number)) WITHOUT ROWID;
        """);

    /// <summary>The table of a partition's records. The timestamp stands first, so that looking for a time reads no values.</summary>
    public static string RecordTable(long number) =>
        $"CREATE TABLE records_{number}(offset INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, headers BLOB NOT NULL, value BLOB)";
}
