using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class DataFolderTests
{
    private string _path = null!;

    [SetUp]
    public void Make() => _path = OpenFolder.NewPath();

    [TearDown]
    public void Delete() => Directory.Delete(_path, recursive: true);

    [Test]
    public void A_second_pipeline_is_refused_until_the_first_ends()
    {
        using (OpenFolder.Pipeline(_path))
        {
            Assert.That(
                () => OpenFolder.Pipeline(_path),
                Throws.TypeOf<DataFolderException>().With.Message.Contains("Another pipeline").And.Message.Contains(_path));
        }

        Assert.That(() => OpenFolder.Pipeline(_path).Dispose(), Throws.Nothing);
    }

    [Test]
    public async Task An_operators_command_works_beside_the_pipeline_and_both_see_what_the_other_wrote()
    {
        using var pipeline = OpenFolder.Pipeline(_path);
        using var command = OpenFolder.Operator(_path);
        var (seen, written) = (pipeline.Get<ITenantStore>(), command.Get<ITenantStore>());
        Assert.That(await written.CreateStoreAsync(new Store("shop", DateTime.UnixEpoch), default), Is.True);
        await written.CreateKeyAsync(new ApiKey("hash", "key-1", "shop", null, [ApiKey.WriteEvents], DateTime.UnixEpoch), default);
        Assert.That(await seen.StoreExistsAsync("shop", default), Is.True);
        Assert.That((await seen.FindKeysAsync(["hash"], default)).Single().RevokedAt, Is.Null);
        await written.RevokeKeyAsync("key-1", DateTime.UnixEpoch.AddDays(1), default);
        Assert.That((await seen.FindKeysAsync(["hash"], default)).Single().RevokedAt, Is.EqualTo(DateTime.UnixEpoch.AddDays(1)));
    }

    [Test]
    public async Task Records_of_an_operators_command_reach_a_reader_that_waits_and_take_no_offset_twice()
    {
        using var pipeline = OpenFolder.Pipeline(_path);
        await pipeline.AppendAsync("topic", "1");
        using var member = new GroupMember(pipeline.Get<ILogReaderFactory>(), "group", "topic");
        member.ReadUntil(1);
        using (var command = OpenFolder.Operator(_path))
        {
            await command.AppendAsync("topic", "2");
            member.ReadUntil(2);
            await pipeline.AppendAsync("topic", "3");
            await command.AppendAsync("topic", "4");
        }

        member.ReadUntil(4);
        Assert.That(member.Values, Is.EqualTo(new[] { "1", "2", "3", "4" }));
        Assert.That(member.Read.Select(record => record.Position.Offset), Is.EqualTo(new long[] { 0, 1, 2, 3 }));
        member.Reader.Close();
    }

    [Test]
    public async Task An_operators_command_works_on_the_folder_of_a_pipeline_that_is_stopped()
    {
        using (var command = OpenFolder.Operator(_path))
            await command.Get<ITenantStore>().CreateStoreAsync(new Store("shop", DateTime.UnixEpoch), default);
        using var pipeline = OpenFolder.Pipeline(_path);
        Assert.That(await pipeline.Get<ITenantStore>().StoreExistsAsync("shop", default), Is.True);
    }

    [Test]
    public async Task A_folder_that_cannot_be_used_is_the_infrastructures_trouble_for_whoever_uses_a_port()
    {
        await File.WriteAllBytesAsync(Path.Combine(_path, "file"), []);
        using var command = OpenFolder.Operator(Path.Combine(_path, "file"));
        Assert.That(async () => await command.Get<ITenantStore>().ListStoresAsync(default), Throws.TypeOf<InfrastructureException>());
        Assert.That(async () => await command.AppendAsync("topic", "1"), Throws.TypeOf<LogWriteException>());
        Assert.That(await command.Get<IDependency>().CheckAsync(default), Does.Contain("cannot be used"));
    }

    [Test]
    public async Task A_topic_keeps_its_id_and_its_records_when_the_folder_is_opened_again()
    {
        Guid id;
        using (var first = OpenFolder.Pipeline(_path))
        {
            await first.AppendAsync("topic", "1");
            id = first.Get<DataFolder>().Log.Find("topic")!.Id;
        }

        using var second = OpenFolder.Pipeline(_path);
        await second.AppendAsync("topic", "2");
        Assert.That(await second.ReadAsync("topic"), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(second.Get<DataFolder>().Log.Find("topic")!.Id, Is.EqualTo(id));
    }

    [TestCase("log.db")]
    [TestCase("stores.db")]
    public void A_file_of_a_newer_version_is_refused_and_left_alone(string file)
    {
        OpenFolder.Pipeline(_path).Dispose();
        RawFile.Execute(Path.Combine(_path, file), "PRAGMA user_version=99");
        Assert.That(() => OpenFolder.Pipeline(_path), Throws.TypeOf<DataFolderException>().With.Message.Contains("newer version"));
        Assert.That(RawFile.Query(Path.Combine(_path, file), "PRAGMA user_version"), Is.EqualTo(99));
    }

    [TestCase("log.db")]
    [TestCase("stores.db")]
    public async Task A_truncated_file_is_told_and_the_other_one_is_untouched(string file)
    {
        using (var folder = OpenFolder.Pipeline(_path))
            await folder.AppendAsync("topic", [.. Enumerable.Range(0, 200).Select(i => new string('x', 500) + i)]);
        var path = Path.Combine(_path, file);
        var other = Path.Combine(_path, file == "log.db" ? "stores.db" : "log.db");
        var before = await File.ReadAllBytesAsync(other);
        await using (var stream = File.OpenWrite(path))
            stream.SetLength(stream.Length / 2);

        Assert.That(
            () => OpenFolder.Pipeline(_path), Throws.TypeOf<DataFolderException>().With.Message.Contains("damaged").And.Message.Contains(path));
        Assert.That(await File.ReadAllBytesAsync(other), Is.EqualTo(before));
    }

    [TestCase("log.db")]
    [TestCase("stores.db")]
    public async Task A_file_that_lost_everything_is_not_taken_for_a_new_one(string file)
    {
        OpenFolder.Pipeline(_path).Dispose();
        var path = Path.Combine(_path, file);
        await File.WriteAllBytesAsync(path, []);
        for (var attempt = 0; attempt < 2; attempt++)
            Assert.That(() => OpenFolder.Pipeline(_path), Throws.TypeOf<DataFolderException>().With.Message.Contains("missing or empty"));
    }

    [Test]
    public async Task A_file_that_is_no_database_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_path, "log.db"), string.Concat(Enumerable.Repeat("This is no database. ", 1000)));
        Assert.That(() => OpenFolder.Pipeline(_path), Throws.TypeOf<DataFolderException>().With.Message.Contains("no database"));
    }

    [Test]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        // A file where the folder should be: nobody can write in it, the superuser neither.
        var file = Path.Combine(_path, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.That(
            () => OpenFolder.Pipeline(Path.Combine(file, "data")),
            Throws.TypeOf<DataFolderException>().With.Message.Contains("cannot be used").And.Message.Contains("Embedded__DataDirectory"));
    }

    [Test]
    public async Task A_full_disk_refuses_appends_as_unavailable_is_told_and_passes()
    {
        using var folder = OpenFolder.Pipeline(_path);
        await folder.AppendAsync("topic", "before");
        var dependency = folder.Get<IDependency>();
        Assert.That(await dependency.CheckAsync(default), Is.Null);

        await LimitAsync(folder, "PRAGMA max_page_count=1");
        var refused = (await Assert.ThrowsAsync<LogWriteException>(async () => await folder.AppendAsync("topic", new string('x', 100_000))))!;
        Assert.That((refused.Kind, refused.NothingWritten), Is.EqualTo((LogWriteFailure.Unavailable, true)));
        Assert.That(refused.Message, Does.Contain("disk is full"));
        Assert.That(await dependency.CheckAsync(default), Does.Contain("disk is full"));

        await LimitAsync(folder, "PRAGMA max_page_count=1000000");
        await folder.AppendAsync("topic", "after");
        Assert.That(await dependency.CheckAsync(default), Is.Null);
        Assert.That(await folder.ReadAsync("topic"), Is.EqualTo(new[] { "before", "after" }));
    }

    private static Task<long> LimitAsync(OpenFolder folder, string pragma) =>
        folder.Get<DataFolder>().Log.File.Writer.WriteAsync(connection => connection.Query(pragma), durable: false, default);
}
