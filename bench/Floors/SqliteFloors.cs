using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomEvents.Bench.Floors;

/// <summary>What the bare SQLite programs are told: the file that the embedded pipeline left, and a new one.</summary>
/// <param name="From">A file of the pipeline, which no longer runs.</param>
/// <param name="To">A path where nothing is.</param>
/// <param name="Batch">How many events are written in a transaction.</param>
internal sealed record SqliteFloorSpec(string From, string To, int Batch);

/// <summary>
/// Floors of the embedded pipeline: write the rows that it left into the same tables with the same indexes and settings, by one connection with prepared statements.
/// All rows are in memory before the clock runs; nothing is read, numbered or decided. One writer, because a SQLite file has only one at a time.
/// </summary>
internal static class SqliteFloors
{
    /// <summary>Appends the records of the raw topic in the batches of the requests, each flushed to the disk before the next, as a 202 promises.</summary>
    public static Task<FloorResult> AppendAsync(SqliteFloorSpec spec)
    {
        using var source = Open(spec.From);
        using var target = Open(spec.To);
        Prepare(source, target, out var tables);
        var names = Read(source, "SELECT number FROM partitions JOIN topics USING(topic) WHERE name='events.raw' ORDER BY number").Select(row => $"records_{row[0]}").ToArray();
        var batches = names.SelectMany(table => Rows(source, $"SELECT * FROM {table} ORDER BY offset").Chunk(spec.Batch).Select(rows => (Table: table, Rows: rows))).ToArray();
        // As they came: the partitions in turn.
        var inTurn = batches.GroupBy(batch => batch.Table).SelectMany(group => group.Select((batch, index) => (batch, index))).OrderBy(pair => pair.index).Select(pair => pair.batch).ToArray();
        using var writer = new Writer(target, tables);
        var watch = Stopwatch.StartNew();
        foreach (var (table, rows) in inTurn)
        {
            writer.Begin();
            foreach (var row in rows)
                writer.Insert(table, row);
            writer.Commit();
        }

        return Task.FromResult(new FloorResult(batches.Sum(batch => batch.Rows.Length), watch.Elapsed.TotalSeconds));
    }

    /// <summary>Writes events with their segment entries and claims in the order in which they were stored, and customers whole with the first batch of theirs.</summary>
    public static Task<FloorResult> StoreAsync(SqliteFloorSpec spec)
    {
        using var source = Open(spec.From);
        using var target = Open(spec.To);
        // Each batch is on the disk before the next, as an event is before its record counts as done.
        Prepare(source, target, out var tables);
        var events = Rows(source, "SELECT * FROM events ORDER BY number");
        var eventId = Column(source, "events", "event_id");
        var ofEvent = new[] { "segment_index", "claims" }.Select(table => (Table: table, Rows: ByKey(source, table, Column(source, table, "event_id")))).ToArray();
        var customers = ByKey(source, "customers", Column(source, "customers", "customer_id"));
        var customerId = Column(source, "events", "customer_id");
        var batches = events.Chunk(spec.Batch).Select(batch => (
            Events: batch,
            Others: ofEvent.Select(part => (part.Table, Rows: batch.SelectMany(row => part.Rows[Key(row[eventId])]).ToArray())).ToArray(),
            Customers: batch.SelectMany(row => customers.Remove(Key(row[customerId]), out var found) ? found : []).ToArray())).ToArray();
        using var writer = new Writer(target, tables);
        var watch = Stopwatch.StartNew();
        foreach (var batch in batches)
        {
            writer.Begin();
            foreach (var row in batch.Customers)
                writer.Insert("customers", row);
            foreach (var (table, rows) in batch.Others)
            {
                foreach (var row in rows)
                    writer.Insert(table, row);
            }

            foreach (var row in batch.Events)
                writer.Insert("events", row);
            writer.Commit();
        }

        return Task.FromResult(new FloorResult(events.Count, watch.Elapsed.TotalSeconds));
    }

    /// <summary>Opens a file.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>All rows of a query.</summary>
    public static List<object?[]> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Runs statements that give nothing.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Prepare(SqliteConnection source, SqliteConnection target, out Dictionary<string, int> tables)
    {
        Execute(target, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-32000; PRAGMA synchronous=FULL");
        foreach (var row in Read(source, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"))
            Execute(target, (string)row[0]!);
        tables = Read(source, "SELECT m.name, count(*) FROM sqlite_master m, pragma_table_info(m.name) WHERE m.type='table' GROUP BY m.name")
            .ToDictionary(row => (string)row[0]!, row => (int)(long)row[1]!);
    }

    private static int Column(SqliteConnection connection, string table, string column) =>
        (int)(long)Read(connection, $"SELECT cid FROM pragma_table_info('{table}') WHERE name='{column}'")[0][0]!;

    private static Dictionary<string, List<object?[]>> ByKey(SqliteConnection source, string table, int column) =>
        Rows(source, $"SELECT * FROM {table}").GroupBy(row => Key(row[column])).ToDictionary(group => group.Key, group => group.ToList());

    /// <summary>All rows of a query as they are bound.</summary>
    private static List<object?[]> Rows(SqliteConnection connection, string sql)
    {
        var rows = Read(connection, sql);
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = row[i] is string text ? new Utf8(Encoding.UTF8.GetBytes(text)) : row[i];
        }

        return rows;
    }

    private static string Key(object? blob) => Convert.ToHexString((byte[])blob!);

    /// <summary>Prepared statements of a connection, bound without the parameters of ADO.NET, which cost more than SQLite's own work on a small row.</summary>
    private sealed class Writer(SqliteConnection connection, Dictionary<string, int> tables) : IDisposable
    {
        private readonly Dictionary<string, sqlite3_stmt> _statements = [];

        public void Begin() => Run(Statement("BEGIN IMMEDIATE"));

        public void Commit() => Run(Statement("COMMIT"));

        public void Insert(string table, object?[] row)
        {
            if (!_statements.TryGetValue(table, out var insert))
                _statements.Add(table, insert = Prepare($"INSERT INTO {table} VALUES({string.Join(',', Enumerable.Range(1, tables[table]).Select(i => $"?{i}"))})"));
            for (var i = 0; i < row.Length; i++)
                Check(Bind(insert, i + 1, row[i]));
            Run(insert);
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values)
                statement.Dispose();
        }

        private static int Bind(sqlite3_stmt insert, int parameter, object? value) => value switch
        {
            long number => raw.sqlite3_bind_int64(insert, parameter, number),
            double number => raw.sqlite3_bind_double(insert, parameter, number),
            Utf8 text => raw.sqlite3_bind_text(insert, parameter, text.Bytes),
            byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(insert, parameter, 0),
            byte[] blob => raw.sqlite3_bind_blob(insert, parameter, blob),
            _ => raw.sqlite3_bind_null(insert, parameter),
        };

        private sqlite3_stmt Statement(string sql)
        {
            if (!_statements.TryGetValue(sql, out var statement))
                _statements.Add(sql, statement = Prepare(sql));
            return statement;
        }

        private sqlite3_stmt Prepare(string sql)
        {
            Check(raw.sqlite3_prepare_v3(connection.Handle!, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
            return statement;
        }

        private void Run(sqlite3_stmt statement)
        {
            Check(raw.sqlite3_step(statement));
            Check(raw.sqlite3_reset(statement));
        }

        private void Check(int code)
        {
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
                throw new InvalidOperationException($"SQLite said {code}: {raw.sqlite3_errmsg(connection.Handle!).utf8_to_string()}");
        }
    }

    /// <summary>A text as SQLite takes it.</summary>
    private sealed record Utf8(byte[] Bytes);
}
