using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class RetentionTests
{
    private static readonly TopicNames Topics = new();
    private string _path = null!;
    private FakeTimeProvider _time = null!;
    private OpenFolder _folder = null!;

    private Retention Retention => (Retention)_folder.Get<IEnumerable<IHostedService>>().Single(service => service is Retention);

    [SetUp]
    public void Open()
    {
        _path = OpenFolder.NewPath();
        _time = new FakeTimeProvider(new DateTimeOffset(2026, 4, 2, 12, 0, 0, TimeSpan.Zero));
        _folder = OpenFolder.Pipeline(_path, _time);
    }

    [TearDown]
    public void Close()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Test]
    public async Task Records_go_after_their_time_and_the_offsets_go_on()
    {
        await _folder.AppendAsync(Topics.Raw, [.. Enumerable.Range(0, 1_200).Select(i => $"old {i}")]);
        await _folder.AppendAsync(Topics.Rejected, "rejected");
        _time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.That(await Retention.SweepAsync(default), Is.EqualTo((1_200L, 0L)));

        await _folder.AppendAsync(Topics.Raw, "new");
        Assert.That(await _folder.ReadAsync(Topics.Raw), Is.EqualTo(new[] { "new" }));
        Assert.That(await _folder.ReadAsync(Topics.Rejected), Is.EqualTo(new[] { "rejected" }));
        var progress = await _folder.Get<ILogInspector>().ProgressAsync("nobody", Topics.Raw, default);
        Assert.That(progress.Single(partition => partition.End > 0), Is.EqualTo(progress.Single(partition => partition.End > 0) with { Start = 1_200, End = 1_201 }));

        _time.Advance(TimeSpan.FromDays(23));
        await Retention.SweepAsync(default);
        Assert.That(await _folder.ReadAsync(Topics.Rejected), Is.Empty);
    }

    [Test]
    public async Task Offsets_go_on_after_everything_was_deleted_and_the_folder_opened_again()
    {
        await _folder.AppendAsync(Topics.Raw, "1", "2", "3");
        _time.Advance(TimeSpan.FromDays(8));
        await Retention.SweepAsync(default);
        _folder.Dispose();

        _folder = OpenFolder.Pipeline(_path, _time);
        await _folder.AppendAsync(Topics.Raw, "4");
        using var member = new GroupMember(_folder.Get<ILogReaderFactory>(), "group", Topics.Raw);
        member.ReadUntil(1);
        Assert.That(member.Read[0].Position.Offset, Is.EqualTo(3));
        member.Reader.Close();
    }

    [Test]
    public async Task What_a_group_has_yet_to_finish_is_kept_however_old()
    {
        await _folder.AppendAsync(Topics.Raw, "1", "2", "3");
        using var member = new GroupMember(_folder.Get<ILogReaderFactory>(), "group", Topics.Raw);
        member.ReadUntil(3);
        _time.Advance(TimeSpan.FromDays(8));
        await Retention.SweepAsync(default);
        Assert.That(await _folder.ReadAsync(Topics.Raw), Is.EqualTo(new[] { "1", "2", "3" }));

        member.Reader.Commit(member.Partition(member.Read[1].Position.Partition), 2);
        member.Reader.Close();
        await Retention.SweepAsync(default);
        Assert.That(await _folder.ReadAsync(Topics.Raw), Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public async Task Rejections_go_after_30_days()
    {
        var rejections = _folder.Get<IRejectionStore>();
        var now = _time.GetUtcNow().UtcDateTime;
        await rejections.AddAsync([.. Enumerable.Range(0, 120).Select(i => Rejection($"old-{i}", now)), Rejection("young", now.AddSeconds(2))], default);
        _time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1));
        Assert.That(await Retention.SweepAsync(default), Is.EqualTo((0L, 120L)));
        Assert.That(await rejections.FindAsync("young", default), Is.Not.Null);
        Assert.That(await rejections.FindAsync("old-0", default), Is.Null);
    }

    private static Rejection Rejection(string id, DateTime rejectedAt) => new(
        id, "shop", "normalizer", ErrorCode.Required, "no name", null, rejectedAt, Guid.NewGuid(), Topics.Raw, 0, 0, [], "{}"u8.ToArray());
}
