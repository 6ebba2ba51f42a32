namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>What a log beside does that takes commits while partitions are handed over.</summary>
public abstract class HandOverLogSuite : SharedLogSuite
{
    [Test]
    public async Task The_members_of_a_group_are_counted()
    {
        Assert.That(await MembersAsync(), Is.Zero, "nobody has joined");
        using var first = Log.Join("counted");
        using var second = Log.Join("counted");
        PollUntilShared(first, second);
        Assert.That(await MembersAsync(), Is.EqualTo(2));
        first.Reader.Close();
        second.Reader.Close();
        Assert.That(await MembersAsync(), Is.Zero, "both have left");

        Task<int> MembersAsync() => Log.Inspector.MembersAsync("counted", CancellationToken.None);
    }

    [Test]
    public async Task What_is_committed_while_partitions_are_handed_over_is_not_read_twice()
    {
        var keys = Enumerable.Range(0, 30).Select(i => $"key-{i}").ToArray();
        await Log.AppendAsync([.. keys.Select(k => Log.Record(k, "1"))]);
        using var first = Log.Join("handover");
        first.BeforeHandingOver = _ => first.CommitRead();
        first.ReadUntil(keys.Length);
        using var second = Log.Join("handover");
        second.BeforeHandingOver = _ => second.CommitRead();
        PollUntilShared(first, second);

        await Log.AppendAsync([.. keys.Select(k => Log.Record(k, "2"))]);
        GroupMember.PollUntil("the second round", () => first.Read.Count + second.Read.Count >= 2 * keys.Length, first, second);
        Assert.That(second.Values, Is.All.EqualTo("2").And.Not.Empty, "what the first had committed came again");
        second.Reader.Close();
        first.PollUntil("the share of who left", () => first.Partitions.Count == Log.Partitions);
        await Log.AppendAsync([.. keys.Select(k => Log.Record(k, "3"))]);
        first.PollUntil("the third round", () => first.Values.Count(v => v == "3") == keys.Length);
        Assert.That(first.Read.Count + second.Read.Count, Is.EqualTo(3 * keys.Length));
        first.Reader.Close();
    }
}
