using Microsoft.Data.Sqlite;

namespace CustomEvents.Tests.Sqlite;

/// <summary>A database file as somebody else opens it.</summary>
internal static class RawFile
{
    public static void Execute(string path, string sql) => Run(path, sql);

    public static long Query(string path, string sql) => Run(path, sql) is long value ? value : -1;

    private static object? Run(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
