using CustomEvents.Sqlite;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class DatabaseWriterTests
{
    private string _path = null!;
    private OpenFolder _folder = null!;

    private DatabaseFile File => _folder.Get<DataFolder>().Stores.File;

    [SetUp]
    public void Open()
    {
        _path = OpenFolder.NewPath();
        _folder = OpenFolder.Pipeline(_path);
    }

    [TearDown]
    public void Close()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Test]
    public async Task A_write_that_fails_takes_none_of_those_with_it_that_came_at_the_same_time()
    {
        var (before, failing, after) = await WhileBusyAsync(() => (
            Insert("before"),
            File.Writer.WriteAsync<int>(_ => throw new InvalidOperationException("a bug"), durable: true, default),
            Insert("after")));
        await before;
        await after;
        Assert.That(async () => await failing, Throws.InvalidOperationException);
        Assert.That(Names(), Is.EqualTo(new[] { "after", "before" }));
    }

    [Test]
    public async Task A_write_given_up_while_it_waits_is_not_done()
    {
        using var giveUp = new CancellationTokenSource();
        var (given, kept) = await WhileBusyAsync(() =>
        {
            var writes = (Insert("given up", giveUp.Token), Insert("kept"));
            giveUp.Cancel();
            return writes;
        });
        await kept;
        Assert.That(async () => await given, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Names(), Is.EqualTo(new[] { "kept" }));
    }

    [Test]
    public async Task What_came_while_the_writer_was_busy_is_one_transaction()
    {
        var version = File.Read(connection => connection.DataVersion());
        var writes = await WhileBusyAsync(() => Enumerable.Range(0, 20).Select(i => Insert($"{i}")).ToArray());
        await Task.WhenAll(writes);
        // The busy one's own, and theirs.
        Assert.That(File.Read(connection => connection.DataVersion()), Is.LessThanOrEqualTo(version + 2));
        Assert.That(Names(), Has.Count.EqualTo(20));
    }

    private async Task<T> WhileBusyAsync<T>(Func<T> meanwhile)
    {
        using var begun = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var busy = File.Writer.WriteAsync(
            _ =>
            {
                begun.Release();
                return goOn.Wait(TimeSpan.FromSeconds(30));
            },
            durable: true,
            default);
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        var result = meanwhile();
        goOn.Set();
        Assert.That(await busy, Is.True);
        return result;
    }

    private Task<int> Insert(string name, CancellationToken cancellationToken = default) => File.Writer.WriteAsync(
        connection => connection.Prepare("INSERT INTO stores(store_id, created_at) VALUES(?1, 0)").Bind(1, name).Run(), durable: true, cancellationToken);

    private List<string> Names() => File.Read(connection =>
    {
        var names = new List<string>();
        var select = connection.Prepare("SELECT store_id FROM stores ORDER BY store_id");
        while (select.Step())
            names.Add(select.Text(0));
        return names;
    });
}
