using CustomEvents.Pipeline;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class MigrationsTests
{
    private const string First = "CREATE TABLE fruit(name TEXT); INSERT INTO fruit VALUES('apple');";
    private const string Second = "ALTER TABLE fruit ADD COLUMN weight INTEGER NOT NULL DEFAULT 7;";
    private string _folder = null!;
    private Connection _connection = null!;

    [SetUp]
    public void Open()
    {
        _folder = OpenFolder.NewPath();
        _connection = Connection.OpenWriter(Path.Combine(_folder, "fruit.db"));
    }

    [TearDown]
    public void Close()
    {
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void A_file_is_brought_from_its_version_to_the_newest_and_keeps_what_it_holds()
    {
        new Migrations(First).Apply(_connection, "fruit.db", mayUpgrade: true);
        new Migrations(First, Second).Apply(_connection, "fruit.db", mayUpgrade: true);
        new Migrations(First, Second).Apply(_connection, "fruit.db", mayUpgrade: true);
        Assert.That(_connection.Query("SELECT weight FROM fruit WHERE name='apple'"), Is.EqualTo(7));
        Assert.That(_connection.Query("PRAGMA user_version"), Is.EqualTo(2));
    }

    [Test]
    public void A_migration_that_fails_leaves_the_file_as_it_was()
    {
        new Migrations(First).Apply(_connection, "fruit.db", mayUpgrade: true);
        Assert.That(
            () => new Migrations(First, Second, "INSERT INTO vegetables VALUES(1)").Apply(_connection, "fruit.db", mayUpgrade: true),
            Throws.Exception.With.Message.Contains("vegetables"));
        Assert.That(_connection.Query("PRAGMA user_version"), Is.EqualTo(1));
        Assert.That(_connection.Query("SELECT count(*) FROM pragma_table_info('fruit') WHERE name='weight'"), Is.Zero);
    }

    [Test]
    public void Tables_that_a_running_pipeline_uses_are_not_changed()
    {
        new Migrations(First).Apply(_connection, "fruit.db", mayUpgrade: false);
        Assert.That(
            () => new Migrations(First, Second).Apply(_connection, "fruit.db", mayUpgrade: false),
            Throws.TypeOf<InfrastructureException>().With.Message.Contains("stop the pipeline"));
        Assert.That(_connection.Query("PRAGMA user_version"), Is.EqualTo(1));
    }
}
