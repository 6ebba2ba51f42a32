using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class SqliteLogTests : LogSuite
{
    protected override async Task<LogUnderTest> OpenAsync()
    {
        var path = OpenFolder.NewPath();
        var folder = OpenFolder.Pipeline(path);
        var topic = await folder.Get<DataFolder>().Log.FindOrCreateAsync("topic", CancellationToken.None);
        return new LogUnderTest(
            folder.Get<ILogWriter>(), folder.Get<ILogReaderFactory>(), folder.Get<ILogInspector>(), topic.Name, topic.Partitions.Length,
            () =>
            {
                folder.Dispose();
                Directory.Delete(path, recursive: true);
                return ValueTask.CompletedTask;
            });
    }

    [Test]
    public async Task A_second_member_of_a_group_waits_until_the_first_leaves()
    {
        await Log.AppendAsync(Log.Record("k", "1"));
        using var first = Log.Join("one");
        first.ReadUntil(1);
        using var second = Log.Join("one");
        Assert.That(second.PollOnce(TimeSpan.FromMilliseconds(50)), Is.Null);
        Assert.That(second.Partitions, Is.Empty);

        first.CommitRead();
        first.Reader.Close();
        await Log.AppendAsync(Log.Record("k", "2"));
        second.ReadUntil(1);
        Assert.That(second.Values, Is.EqualTo(new[] { "2" }));
        second.Reader.Close();
    }
}
