namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>What a log beside does that shares a topic's partitions out among the members of a group.</summary>
public abstract class SharedLogSuite : LogSuite
{
    [Test]
    public async Task Members_share_the_partitions_out_and_one_that_leaves_gives_its_share_back()
    {
        var keys = Enumerable.Range(0, 30).Select(i => $"key-{i}").ToArray();
        using var first = Log.Join("shared");
        first.PollUntil("all partitions", () => first.Partitions.Count == Log.Partitions);
        using var second = Log.Join("shared");
        PollUntilShared(first, second);

        await Log.AppendAsync([.. keys.Select(k => Log.Record(k, "1"))]);
        GroupMember.PollUntil("the first round", () => first.Read.Count + second.Read.Count >= keys.Length, first, second);
        Assert.That(first.Read.Concat(second.Read).Select(r => Bytes.Text(r.Key)), Is.EquivalentTo(keys), "each record came to one of them");
        Assert.That(first.Read.Select(r => r.Position.Partition).Distinct(), Is.SubsetOf(first.Partitions));
        Assert.That(second.Read.Select(r => r.Position.Partition).Distinct(), Is.SubsetOf(second.Partitions).And.Not.Empty);

        second.Reader.Close();
        first.PollUntil("the share of who left", () => first.Partitions.Count == Log.Partitions);
        await Log.AppendAsync([.. keys.Select(k => Log.Record(k, "2"))]);
        first.PollUntil("the second round", () => first.Values.Count(v => v == "2") == keys.Length);
        first.Reader.Close();
    }

    private protected void PollUntilShared(GroupMember first, GroupMember second) => GroupMember.PollUntil(
        "each to hold a share",
        () => first.Partitions.Count > 0 && second.Partitions.Count > 0 && first.Partitions.Count + second.Partitions.Count == Log.Partitions,
        first, second);
}
