using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>What every log does, whatever it is made of: derived by the tests of each adapter.</summary>
public abstract class LogSuite
{
    private LogUnderTest _log = null!;

    /// <summary>Opens a log with a fresh topic of at least three partitions.</summary>
    protected abstract Task<LogUnderTest> OpenAsync();

    /// <summary>Whether records are found by their time.</summary>
    protected virtual bool FindsByTime => true;

    /// <summary>The largest value to carry: an event of 5 MB, where the log can keep one.</summary>
    protected virtual int LargeValueBytes => (5 * 1024 * 1024) + (64 * 1024);

    protected LogUnderTest Log => _log;

    [SetUp]
    public async Task Open() => _log = await OpenAsync();

    [TearDown]
    public async Task Close()
    {
        if (_log is not null)
            await _log.DisposeAsync();
    }

    [Test]
    public async Task Records_of_one_key_are_read_in_the_order_in_which_they_were_appended()
    {
        string[] keys = ["a", "b", "c", "d"];
        var appends = new List<Task>();
        for (var i = 0; i < 25; i++)
        {
            // Begun one after the other without waiting, several records a call.
            var call = i;
            appends.Add(_log.AppendAsync([.. keys.SelectMany(k => new[] { _log.Record(k, $"{k}{call:00}x"), _log.Record(k, $"{k}{call:00}y") })]));
        }

        await Task.WhenAll(appends);
        using var member = _log.Join("order");
        member.ReadUntil(200);

        foreach (var key in keys)
        {
            var values = member.Read.Where(r => Bytes.Text(r.Key) == key).Select(r => Bytes.Text(r.Value)).ToList();
            Assert.That(values, Has.Count.EqualTo(50));
            Assert.That(values, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        }

        foreach (var partition in member.Read.GroupBy(r => r.Position.Partition))
            Assert.That(partition.Select(r => r.Position.Offset), Is.Ordered, $"offsets of partition {partition.Key}");
        member.Reader.Close();
    }

    [Test]
    public async Task A_key_lies_in_the_partition_of_its_murmur2()
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"store-{i}").ToArray();
        await _log.AppendAsync([.. keys.Select(k => _log.Record(k, "v"))]);
        using var member = _log.Join("placement");
        member.ReadUntil(keys.Length);

        Assert.That(
            member.Read.ToDictionary(r => Bytes.Text(r.Key)!, r => r.Position.Partition),
            Is.EquivalentTo(keys.ToDictionary(k => k, k => Murmur2.Partition(Bytes.Of(k), _log.Partitions))));
        member.Reader.Close();
    }

    [Test]
    public async Task Everything_about_a_record_is_carried()
    {
        RecordHeader[] headers = [new("twice", Bytes.Of("1")), new("none", null), new("empty", []), new("twice", Bytes.Of("ü"))];
        await _log.AppendAsync(
            new OutgoingRecord(_log.Topic, Bytes.Of("k"), Bytes.Of("v"), headers),
            new OutgoingRecord(_log.Topic, Bytes.Of("k"), null, []),
            new OutgoingRecord(_log.Topic, Bytes.Of("k"), Array.Empty<byte>(), []),
            new OutgoingRecord(_log.Topic, Bytes.Of("k"), Bytes.Of("xpartx").AsMemory(1, 4), []),
            new OutgoingRecord(_log.Topic, null, Bytes.Of("no key"), []));
        using var member = _log.Join("fields");
        member.ReadUntil(5);

        var keyed = member.Read.Where(r => r.Key is not null).ToList();
        var unkeyed = member.Read.Where(r => r.Key is null).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(keyed.Select(r => Bytes.Text(r.Value)), Is.EqualTo(new[] { "v", null, "", "part" }));
            Assert.That(keyed[0].Topic, Is.EqualTo(_log.Topic));
            Assert.That(Bytes.Text(keyed[0].Key), Is.EqualTo("k"));
            Assert.That(keyed[0].Headers.Select(h => h.Key), Is.EqualTo(new[] { "twice", "none", "empty", "twice" }));
            Assert.That(keyed[0].Headers.Select(h => h.Value), Is.EqualTo(headers.Select(h => h.Value)));
            Assert.That(keyed[0].Timestamp.Kind, Is.EqualTo(DateTimeKind.Utc));
            Assert.That(keyed[0].Timestamp, Is.EqualTo(TimeProvider.System.GetUtcNow().UtcDateTime).Within(TimeSpan.FromMinutes(5)));
            Assert.That(keyed[0].Position.TopicId, Is.Not.EqualTo(Guid.Empty));
            Assert.That(unkeyed.Select(r => Bytes.Text(r.Value)), Is.EqualTo(new[] { "no key" }));
            Assert.That(member.Read.Select(r => r.Position.TopicId).Distinct().Count(), Is.EqualTo(1));
        }

        member.Reader.Close();
    }

    [Test]
    public async Task A_large_record_is_carried_whole_and_the_small_ones_around_it()
    {
        var large = new byte[LargeValueBytes];
        new Random(1).NextBytes(large);
        await _log.AppendAsync(_log.Record("k", "before"), new OutgoingRecord(_log.Topic, Bytes.Of("k"), large, []), _log.Record("k", "after"));
        using var member = _log.Join("large");
        member.ReadUntil(3);

        Assert.That(Bytes.Text(member.Read[0].Value), Is.EqualTo("before"));
        Assert.That(member.Read[1].Value!.Value.Span.SequenceEqual(large), Is.True);
        Assert.That(Bytes.Text(member.Read[2].Value), Is.EqualTo("after"));
        member.Reader.Close();
    }

    [Test]
    public async Task A_group_resumes_behind_what_it_committed_and_gets_the_rest_again()
    {
        await _log.AppendAsync([.. Enumerable.Range(0, 10).Select(i => _log.Record("k", $"{i}"))]);
        using (var first = _log.Join("resume"))
        {
            first.ReadUntil(10);
            var read = first.Read[3].Position;
            // The last before leaving, and it is in effect after Close.
            first.Reader.Commit(first.Partition(read.Partition), read.Offset + 1);
            first.Reader.Close();
        }

        await _log.AppendAsync(_log.Record("k", "10"));
        using var second = _log.Join("resume");
        second.ReadUntil(7);
        Assert.That(second.Values, Is.EqualTo(new[] { "4", "5", "6", "7", "8", "9", "10" }));
        second.Reader.Close();
    }

    [Test]
    public async Task What_was_not_committed_is_delivered_again()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"));
        using (var first = _log.Join("again"))
        {
            first.ReadUntil(2);
            first.Reader.Close();
        }

        using var second = _log.Join("again");
        second.ReadUntil(2);
        Assert.That(second.Values, Is.EqualTo(new[] { "1", "2" }));
        second.Reader.Close();
    }

    [Test]
    public async Task Groups_do_not_disturb_each_other()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"));
        using (var first = _log.Join("one"))
        {
            first.ReadUntil(2);
            first.CommitRead();
            first.Reader.Close();
        }

        using var second = _log.Join("two");
        second.ReadUntil(2);
        Assert.That(second.Values, Is.EqualTo(new[] { "1", "2" }));
        second.Reader.Close();
    }

    [Test]
    public async Task A_paused_partition_rests_while_the_others_go_on_and_misses_nothing()
    {
        var (here, there) = TwoKeysOfDifferentPartitions();
        await _log.AppendAsync(_log.Record(here, "h1"), _log.Record(there, "t1"));
        using var member = _log.Join("pause");
        member.ReadUntil(2);
        var paused = member.Partition(Murmur2.Partition(Bytes.Of(here), _log.Partitions));

        member.Reader.Pause(paused);
        await _log.AppendAsync(_log.Record(here, "h2"), _log.Record(here, "h3"), _log.Record(there, "t2"), _log.Record(there, "t3"));
        member.ReadUntil(4);
        Assert.That(member.Values.Skip(2), Is.EqualTo(new[] { "t2", "t3" }));

        member.Reader.Resume(paused);
        member.ReadUntil(6);
        Assert.That(member.Values.Skip(4), Is.EqualTo(new[] { "h2", "h3" }));
        member.Reader.Close();
    }

    [Test]
    public async Task A_partition_is_delivered_again_from_where_it_was_sought()
    {
        await _log.AppendAsync([.. Enumerable.Range(0, 6).Select(i => _log.Record("k", $"{i}"))]);
        using var member = _log.Join("seek");
        member.ReadUntil(6);
        var to = member.Read[2].Position;

        member.Reader.Seek(member.Partition(to.Partition), to.Offset);
        member.ReadUntil(10);
        Assert.That(member.Values.Skip(6), Is.EqualTo(new[] { "2", "3", "4", "5" }));
        Assert.That(member.Read[6].Position, Is.EqualTo(to));
        member.Reader.Close();
    }

    [Test]
    public async Task The_end_of_a_partition_is_known_for_the_lag()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"), _log.Record("k", "3"));
        using var member = _log.Join("lag");
        member.ReadUntil(1);
        var at = member.Read[0].Position;
        member.PollUntil("the end to be known", () => member.Reader.HighWatermark(member.Partition(at.Partition)) == at.Offset + 3);
        member.Reader.Close();
    }

    [Test]
    public async Task An_append_of_nothing_is_done_and_one_cancelled_before_it_began_is_cancelled()
    {
        await _log.Writer.AppendAsync([], CancellationToken.None);
        Assert.That(
            async () => await _log.Writer.AppendAsync([_log.Record("k", "v")], new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_key_is_read_beside_the_groups_from_a_time_on()
    {
        var (key, other) = TwoKeysOfDifferentPartitions();
        await _log.AppendAsync(_log.Record(key, "1"), _log.Record(other, "x"), _log.Record(key, "2"));
        var all = await ReadAsync(key, DateTime.UnixEpoch);
        Assert.That(all.Select(r => Bytes.Text(r.Value)), Is.EqualTo(new[] { "1", "2" }));

        Assert.That((await ReadAsync(null, DateTime.UnixEpoch)).Select(r => Bytes.Text(r.Value)), Is.EquivalentTo(new[] { "1", "2", "x" }));
        if (!FindsByTime)
            return;
        var last = all[^1].Timestamp;
        Assert.That(
            (await ReadAsync(key, last)).Select(r => Bytes.Text(r.Value)),
            Is.EqualTo(all.Where(r => r.Timestamp >= last).Select(r => Bytes.Text(r.Value))));
        Assert.That(await ReadAsync(key, last.AddHours(1)), Is.Empty);
    }

    [Test]
    public async Task Records_are_found_by_their_places()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"));
        var read = await ReadAsync("k", DateTime.UnixEpoch);

        var (first, second) = ((read[0].Position.Partition, read[0].Position.Offset), (read[1].Position.Partition, read[1].Position.Offset));
        var found = await _log.Inspector.ReadAtAsync(
            _log.Topic, [second, first, (second.Partition, second.Offset + 1), (_log.Partitions, 0)], CancellationToken.None);
        Assert.That(found.Keys, Is.EquivalentTo(new[] { first, second }));
        Assert.That((Bytes.Text(found[first].Value), Bytes.Text(found[second].Value)), Is.EqualTo(("1", "2")));
        Assert.That(found[second].Position, Is.EqualTo(read[1].Position));
        Assert.That(await _log.Inspector.ReadAtAsync(_log.Topic, [(_log.Partitions, 0)], CancellationToken.None), Is.Empty);
        Assert.That(await _log.Inspector.ReadAtAsync(_log.Topic + ".gone", [(0, 0)], CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task Many_records_far_apart_are_found_by_their_places()
    {
        for (var i = 0; i < 3; i++)
            await _log.AppendAsync([.. Enumerable.Range(i * 500, 500).Select(n => _log.Record($"k{n % 5}", $"{n}"))]);
        var all = await ReadAsync(null, DateTime.UnixEpoch);
        var wanted = all.Where((_, i) => i % 700 is 0 or 1 or 2).ToList();

        var found = await _log.Inspector.ReadAtAsync(_log.Topic, [.. wanted.Select(r => (r.Position.Partition, r.Position.Offset))], CancellationToken.None);

        Assert.That(found.Values.Select(r => Bytes.Text(r.Value)), Is.EquivalentTo(wanted.Select(r => Bytes.Text(r.Value))));
    }

    [Test]
    public async Task A_group_is_seen_to_be_as_far_as_it_committed()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"), _log.Record("k", "3"));
        var partition = Murmur2.Partition(Bytes.Of("k"), _log.Partitions);
        var before = await _log.Inspector.ProgressAsync("progress", _log.Topic, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.Select(p => p.Partition), Is.EqualTo(Enumerable.Range(0, _log.Partitions)));
            Assert.That(before[partition].Committed, Is.Null);
            Assert.That(before.Sum(p => p.Lag), Is.EqualTo(3));
            Assert.That(before[partition].OldestUnfinished, Is.Not.Null);
        }

        LogRecord third;
        using (var member = _log.Join("progress"))
        {
            member.ReadUntil(3);
            third = member.Read[2];
            member.Reader.Commit(member.Partition(partition), third.Position.Offset);
            member.Reader.Close();
        }

        var after = (await _log.Inspector.ProgressAsync("progress", _log.Topic, CancellationToken.None))[partition];
        Assert.That(after, Is.EqualTo(new PartitionProgress(partition, third.Position.Offset, before[partition].Start, third.Position.Offset + 1, third.Timestamp)));
    }

    [Test]
    public async Task What_waits_is_as_old_as_the_receipt_of_its_event_and_a_replay_as_old_as_itself()
    {
        RecordHeader received = new(HeaderNames.ReceivedAt, "2026-04-01T10:00:00.5+02:00"u8.ToArray());
        var record = _log.Record("k", "1");
        await _log.AppendAsync(record with { Headers = [received] });
        Assert.That(await OldestAsync("oldest"), Is.EqualTo(new DateTime(2026, 4, 1, 8, 0, 0, 500, DateTimeKind.Utc)));

        var other = TwoKeysOfDifferentPartitions() is var (here, there) && Murmur2.Partition("k"u8, _log.Partitions) == Murmur2.Partition(Bytes.Of(here), _log.Partitions) ? there : here;
        await _log.AppendAsync(_log.Record(other, "2") with { Headers = [received, new(HeaderNames.ReplayOf, "r"u8.ToArray())] });
        var replayed = (await ReadAsync(other, DateTime.UnixEpoch)).Single();
        var progress = await _log.Inspector.ProgressAsync("oldest", _log.Topic, CancellationToken.None);
        Assert.That(progress[replayed.Position.Partition].OldestUnfinished, Is.EqualTo(replayed.Timestamp));
    }

    [Test]
    public async Task The_tail_has_the_last_records_of_each_partition()
    {
        var (here, there) = TwoKeysOfDifferentPartitions();
        await _log.AppendAsync([.. Enumerable.Range(0, 5).Select(i => _log.Record(here, $"here {i}"))]);
        await _log.AppendAsync(_log.Record(there, "there"));

        var tail = await _log.Inspector.TailAsync(_log.Topic, 2, CancellationToken.None);
        Assert.That(tail.Where(r => Bytes.Text(r.Key) == here).Select(r => Bytes.Text(r.Value)), Is.EqualTo(new[] { "here 3", "here 4" }));
        Assert.That(tail.Where(r => Bytes.Text(r.Key) == there).Select(r => Bytes.Text(r.Value)), Is.EqualTo(new[] { "there" }));
    }

    private async Task<DateTime?> OldestAsync(string group) =>
        (await _log.Inspector.ProgressAsync(group, _log.Topic, CancellationToken.None)).Min(p => p.OldestUnfinished);

    protected async Task<List<LogRecord>> ReadAsync(string? key, DateTime since)
    {
        var records = new List<LogRecord>();
        var count = await _log.Inspector.PartitionsAsync(_log.Topic, CancellationToken.None);
        int[]? partitions = key is null ? null : [Murmur2.Partition(Bytes.Of(key), count)];
        await foreach (var record in _log.Inspector.ReadAsync(_log.Topic, partitions, since, CancellationToken.None))
            records.Add(record);
        return records;
    }

    private (string Here, string There) TwoKeysOfDifferentPartitions()
    {
        var keys = Enumerable.Range(0, 1000).Select(i => $"key-{i}");
        var here = Murmur2.Partition("key-0"u8, _log.Partitions);
        return ("key-0", keys.First(k => Murmur2.Partition(Bytes.Of(k), _log.Partitions) != here));
    }
}
