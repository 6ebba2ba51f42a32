using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Time.Testing;
using static CustomEvents.Tests.Pipeline.Running.RunnerBench;

namespace CustomEvents.Tests.Pipeline.Running;

[CancelAfter(60_000)]
public sealed class StageRunnerTests
{
    private RunnerBench _bench = null!;

    [SetUp]
    public void Begin() => _bench = new();

    [TearDown]
    public async Task End() => await _bench.DisposeAsync();

    [Test]
    public async Task Every_record_is_produced_once_in_order_and_committed()
    {
        _bench.Send(Numbers(3_000));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(3_000)));
        Assert.That(_bench.Stage.Processed, Is.EqualTo(Numbers(3_000)));
        Assert.That(_bench.Stage.Sizes.Max(), Is.LessThanOrEqualTo(_bench.Options.MaxBatchRecords));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task A_second_run_begins_behind_the_first()
    {
        _bench.Send(Numbers(10));
        _bench.Start();
        await _bench.Done();
        await _bench.StopAsync();
        _bench.Send("x");
        _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(10).Append("x")));
    }

    [Test]
    public async Task A_quiet_topic_is_not_delayed_by_any_clock()
    {
        _bench.Options.MaxBatchAge = TimeSpan.FromSeconds(5);
        _bench.Start(new FakeTimeProvider());
        await Until("an idle lane", () => _bench.Stage.Open.Lanes == 1);
        _bench.Send("a");
        await Until("the record", () => _bench.Produced.Count == 1, _bench.Describe);
    }

    [Test]
    public async Task Only_so_many_batches_are_in_work_at_once_and_those_of_lanes_that_wait_grow()
    {
        await using var bench = new RunnerBench(partitions: 4);
        bench.Options.MaxConcurrentBatches = 2;
        var now = 0;
        var seen = new ConcurrentQueue<int>();
        var gate = new TaskCompletionSource();
        bench.Stage.Before = async (_, token) =>
        {
            seen.Enqueue(Interlocked.Increment(ref now));
            await gate.Task.WaitAsync(token);
            Interlocked.Decrement(ref now);
        };
        var runner = bench.Start();
        for (var partition = 0; partition < 4; partition++)
            bench.SendTo(partition, "first");
        await Until("two batches in work", () => Volatile.Read(ref now) == 2, bench.Describe);
        for (var partition = 0; partition < 4; partition++)
            bench.SendTo(partition, Numbers(10));
        var bytes = bench.Log.Read(Input).Sum(record => (long)record.Size);
        await Until("all to be read", () => runner.BytesInFlight == bytes, bench.Describe);
        gate.SetResult();
        await bench.Done();
        Assert.Multiple(() =>
        {
            Assert.That(seen.Max(), Is.EqualTo(2));
            // Two partitions waited for their turn and took all of theirs then; two had their first record in work.
            Assert.That(bench.Stage.Sizes.Order(), Is.EqualTo(new[] { 1, 1, 10, 10, 11, 11 }));
        });
    }

    [Test]
    public async Task A_lane_in_trouble_keeps_nobody_from_their_turn()
    {
        await using var bench = new RunnerBench(partitions: 3);
        bench.Options.MaxConcurrentBatches = 1;
        var away = true;
        bench.Stage.Before = (records, _) =>
            records[0].Position.Partition == 0 && Volatile.Read(ref away) ? throw new InfrastructureException("away") : Task.CompletedTask;
        bench.SendTo(0, "late");
        var runner = bench.Start();
        await Until("trouble", () => runner.Problem?.Contains("away", StringComparison.Ordinal) == true, bench.Describe);
        bench.SendTo(1, Numbers(5));
        bench.SendTo(2, Numbers(5));
        await Until("the others to be done", () => bench.Produced.Count == 10, bench.Describe);
        Volatile.Write(ref away, false);
        await bench.Done();
        Assert.That(bench.Produced, Has.Count.EqualTo(11));
    }

    [Test]
    public async Task Nothing_is_committed_before_it_is_durable_though_the_next_batch_is_processed()
    {
        var gate = new TaskCompletionSource();
        _bench.Log.BeforeAppend = (_, token) => gate.Task.WaitAsync(token);
        _bench.Options.MaxBatchRecords = 2;
        _bench.Send(Numbers(10));
        _bench.Start();
        await Until("two batches processed", () => _bench.Stage.Processed.Count == 4, _bench.Describe);
        Assert.That(_bench.Log.Committed(Group, Input, 0), Is.Null);
        Assert.That(_bench.Produced, Is.Empty);
        gate.SetResult();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(10)));
    }

    [Test]
    public async Task Infrastructure_trouble_is_waited_out_in_the_group_and_readiness_tells_it()
    {
        var away = true;
        var polls = 0;
        _bench.Log.BeforePoll = () => Interlocked.Increment(ref polls);
        _bench.Stage.Before = (_, _) => Volatile.Read(ref away) ? throw new InfrastructureException("the database is away") : Task.CompletedTask;
        var runner = _bench.Start();
        _bench.Send(Numbers(10));
        await Until("a problem", () => runner.Problem?.Contains("the database is away", StringComparison.Ordinal) == true);
        var before = Volatile.Read(ref polls);
        await Until("polling to go on", () => Volatile.Read(ref polls) > before + 3);
        Assert.That(_bench.Log.Members(Group, Input), Is.EqualTo(1));
        Volatile.Write(ref away, false);
        await _bench.Done();
        Assert.That(runner.Problem, Is.Null);
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(10)));
        Assert.That(_bench.Rejected, Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_append_that_fails_is_repeated_and_the_order_stays(bool written)
    {
        var calls = 0;
        Func<IReadOnlyList<OutgoingRecord>, CancellationToken, Task> fail = (_, _) => Interlocked.Increment(ref calls) % 3 != 0
            ? throw new LogWriteException("no broker", nothingWritten: !written, LogWriteFailure.Unavailable)
            : Task.CompletedTask;
        if (written)
            _bench.Log.AfterAppend = fail;
        else
            _bench.Log.BeforeAppend = fail;
        _bench.Options.MaxBatchRecords = 5;
        _bench.Send(Numbers(50));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced.Distinct(), Is.EqualTo(Numbers(50)));
        Assert.That(_bench.Produced, Has.Count.EqualTo(written ? 150 : 50));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task After_a_fatal_client_error_the_lane_starts_again_at_its_first_unacknowledged_record()
    {
        var failures = 0;
        string? first = null;
        _bench.Log.BeforeAppend = (records, _) =>
        {
            if (failures == 2 || !records.Any(r => Bytes.Text(r.Value) == "0010"))
                return Task.CompletedTask;
            failures++;
            first ??= Bytes.Text(records[0].Value);
            throw new LogWriteException("fenced", nothingWritten: false, LogWriteFailure.Fatal);
        };
        _bench.Options.MaxBatchRecords = 5;
        _bench.Send(Numbers(50));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(50)));
        Assert.That(_bench.Stage.Processed.Count(v => v == "0010"), Is.EqualTo(3), "was not processed again");
        Assert.That(
            _bench.Stage.Processed.Where(v => string.CompareOrdinal(v, first) < 0), Is.Unique, "was acknowledged and processed again");
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task A_record_that_the_log_refuses_is_a_rejection_and_the_others_go_through_in_order()
    {
        _bench.Log.BeforeAppend = (records, _) => records.Any(r => r.Topic == Output && Bytes.Text(r.Value) == "0031")
            ? throw new LogWriteException("too large", nothingWritten: true, LogWriteFailure.RecordRefused)
            : Task.CompletedTask;
        _bench.Send(Numbers(50));
        _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(50).Where(v => v != "0031")));
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "0031" }));
    }

    [TestCase(0, true)]
    [TestCase(0, false)]
    [TestCase(500, true)]
    [TestCase(500, false)]
    [TestCase(999, true)]
    // Not the very last: a record that fails in a way that may be ours, alone in its batch, is decided by the one behind it.
    [TestCase(998, false)]
    public async Task One_poison_record_among_many_costs_one_rejection_and_nothing_else(int at, bool known)
    {
        var poison = $"{at:0000}";
        _bench.Stage.Fault = v => v != poison ? null : known ? new RecordFaultException(ErrorCode.TooLarge, "17 MB") : new InvalidOperationException("a bug");
        _bench.Send(Numbers(1_000));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(1_000).Where(v => v != poison)));
        Assert.That(_bench.Stage.Processed, Is.EqualTo(Numbers(1_000).Where(v => v != poison)), "processed twice, or out of order");
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { poison }));
        var code = Bytes.Text(_bench.Log.Read("rejected")[0].Header(HeaderNames.RejectionCode));
        Assert.That(code, Is.EqualTo(known ? "too_large" : "unprocessable"));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task A_record_that_cannot_be_prepared_is_found_as_well()
    {
        _bench.Stage.PrepareFault = v => v == "0007" ? new FormatException("?") : null;
        _bench.Send(Numbers(20));
        _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(20).Where(v => v != "0007")));
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "0007" }));
    }

    [Test]
    public async Task A_lone_record_that_a_store_refuses_for_good_is_a_rejection_at_once()
    {
        _bench.Stage.Fault = v => v == "bad" ? new RecordFaultException(ErrorCode.TooLarge, "17 MB") : null;
        _bench.Send("bad");
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "bad" }));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task A_lone_record_that_fails_in_a_way_that_may_be_ours_waits_until_another_shows_whose_fault_it_is()
    {
        _bench.Stage.Fault = v => v == "bad" ? new InvalidOperationException("a bug") : null;
        _bench.Send("bad");
        var runner = _bench.Start();
        await Until("a problem", () => runner.Problem is not null);
        Assert.That(_bench.Rejected, Is.Empty);
        _bench.Send("good");
        await _bench.Done();
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "bad" }));
        Assert.That(_bench.Produced, Is.EqualTo(new[] { "good" }));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task A_lone_record_that_failed_for_a_passing_fault_of_ours_is_no_rejection()
    {
        var attempts = 0;
        _bench.Stage.Fault = v => Interlocked.Increment(ref attempts) < 8 ? new InvalidOperationException("a bug") : null;
        _bench.Send("good");
        await Started(_bench.Start());
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(new[] { "good" }));
        Assert.That(_bench.Rejected, Is.Empty);
    }

    [TestCase(true, 1_000)]
    [TestCase(false, 1_000)]
    [TestCase(true, 1)]
    [TestCase(false, 1)]
    public async Task A_flood_that_fails_the_same_way_stops_the_lane_and_is_not_turned_into_rejections(bool known, int batch)
    {
        var broken = true;
        _bench.Options.MaxBatchRecords = batch;
        _bench.Stage.Fault = v => Volatile.Read(ref broken) && string.CompareOrdinal(v, "0010") >= 0
            ? known ? new RecordFaultException(ErrorCode.TooLarge, $"document {v} of 17 MB") : new InvalidOperationException($"cannot handle '{v}'")
            : null;
        _bench.Send(Numbers(200));
        var runner = _bench.Start();
        await Until("the lane to stop", () => runner.Problem?.Contains("three records in a row", StringComparison.Ordinal) == true, _bench.Describe);
        await Until("more attempts", () => _bench.Stage.Prepared > 100 || batch > 1, _bench.Describe);
        var lost = _bench.Rejected.Count;
        Assert.That(lost, batch > 1 ? Is.Zero : Is.LessThanOrEqualTo(2));
        Volatile.Write(ref broken, false);
        await _bench.Done();
        Assert.That(runner.Problem, Is.Null);
        Assert.That(_bench.Rejected, Has.Count.EqualTo(lost), "rejected after the lane had stopped");
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(200).Except(_bench.Rejected)), "skipped, doubled, or out of order");
    }

    [Test]
    public async Task Records_at_fault_in_different_ways_do_not_stop_the_lane()
    {
        _bench.Stage.Fault = v => v switch
        {
            "0003" => new RecordFaultException(ErrorCode.TooLarge, "a"),
            "0004" => new RecordFaultException(ErrorCode.OutOfRange, "a"),
            "0005" => new RecordFaultException(ErrorCode.TooLarge, "a"),
            "0006" => new InvalidOperationException("a"),
            _ => null,
        };
        _bench.Send(Numbers(20));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "0003", "0004", "0005", "0006" }));
        Assert.That(_bench.Produced, Has.Count.EqualTo(16));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task Records_that_the_stage_refuses_are_no_faults_however_many_they_are()
    {
        _bench.Stage.Outcomes = v => v == "0099" ? null : Outcome.Rejected(new StageRejection(Guid.NewGuid(), new EventError("", ErrorCode.InvalidJson, "no")));
        _bench.Send(Numbers(100));
        var runner = _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Rejected, Is.EqualTo(Numbers(99)));
        Assert.That(_bench.Produced, Is.EqualTo(new[] { "0099" }));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task What_is_done_or_a_duplicate_is_committed_without_an_output()
    {
        _bench.Stage.Outcomes = v => v == "0000" ? Outcome.Done : Outcome.Duplicate;
        _bench.Send(Numbers(5));
        _bench.Start();
        await _bench.Done();
        Assert.That(_bench.Produced.Concat(_bench.Rejected), Is.Empty);
    }

    [Test]
    public async Task A_full_lane_pauses_its_partition_and_not_the_others()
    {
        await using var bench = new RunnerBench(2);
        bench.Options.MaxLaneRecords = 100;
        bench.Options.MaxBatchRecords = 20;
        var gate = new TaskCompletionSource();
        bench.Stage.Before = (records, token) => records[0].Position.Partition == 0 ? gate.Task.WaitAsync(token) : Task.CompletedTask;
        bench.SendTo(0, Numbers(500));
        var runner = bench.Start();
        await Until("a full lane", () => runner.BytesInFlight >= 100 * 135, bench.Describe);
        bench.SendTo(1, Numbers(500, 5_000));
        await Until("the other partition", () => bench.Log.Committed(Group, Input, 1) == 500, bench.Describe);
        Assert.That(runner.BytesInFlight, Is.LessThanOrEqualTo(101 * 140), "the paused partition was read on");
        gate.SetResult();
        await bench.Done();
        Assert.That(bench.Stage.Processed.Where(v => string.CompareOrdinal(v, "5") < 0), Is.EqualTo(Numbers(500)));
    }

    [Test]
    public async Task A_full_lane_that_goes_on_is_waited_for_and_its_partition_not_paused()
    {
        await using var bench = new RunnerBench(3);
        bench.Options.MaxLaneRecords = 10;
        bench.Options.MaxBatchRecords = 5;
        bench.SendTo(0, Numbers(300));
        bench.Stage.Before = (_, token) => Task.Delay(1, token);
        bench.Start(new SlowTime());
        await bench.Done();
        Assert.That(bench.Log.Pauses, Is.Zero);
    }

    [Test]
    public async Task A_full_lane_that_does_not_go_on_is_paused_so_that_polls_go_on()
    {
        await using var bench = new RunnerBench();
        bench.Options.MaxLaneRecords = 10;
        bench.Options.MaxBatchRecords = 5;
        var gate = new TaskCompletionSource();
        bench.Stage.Before = (_, token) => gate.Task.WaitAsync(token);
        bench.Send(Numbers(50));
        bench.Start();
        await Until("the pause", () => bench.Log.Pauses == 1, bench.Describe);
        var polls = 0;
        bench.Log.BeforePoll = () => Interlocked.Increment(ref polls);
        await Until("polls", () => Volatile.Read(ref polls) > 2, bench.Describe);
        gate.SetResult();
        await bench.Done();
        Assert.That(bench.Stage.Processed, Is.EqualTo(Numbers(50)));
    }

    [Test]
    public async Task The_lane_that_is_next_is_filled_to_a_batch_and_the_others_to_their_share()
    {
        await using var bench = WithLittleMemory();
        var gate = new TaskCompletionSource();
        bench.Stage.Before = (_, token) => gate.Task.WaitAsync(token);
        bench.SendTo(0, "first");
        var runner = bench.Start();
        await Until("the first in work", () => bench.Stage.Open.Batches == 1, bench.Describe);
        for (var partition = 1; partition < 4; partition++)
            bench.SendTo(partition, Kilobytes(200));
        var sizes = bench.Log.Read(Input).GroupBy(record => record.Position.Partition).ToDictionary(records => records.Key, records => records.First().Size);
        // One more record than fits tells that it is full: 102,400 bytes are a batch, 51,200 a share.
        var expected = sizes[0] + ((89 + 45 + 45) * (long)sizes[1]);
        await Until("one to be filled", () => runner.BytesInFlight == expected, bench.Describe);
        Assert.That(expected, Is.LessThanOrEqualTo(bench.Options.MaxBytesInFlight));
        gate.SetResult();
        await bench.Done();
        Assert.That(bench.Stage.Sizes, Does.Contain(88));
    }

    [Test]
    public async Task Lanes_that_are_stuck_leave_the_others_their_share()
    {
        await using var bench = WithLittleMemory();
        var away = true;
        bench.Stage.Before = (records, _) =>
            records[0].Position.Partition < 3 && Volatile.Read(ref away) ? throw new InfrastructureException("away") : Task.CompletedTask;
        for (var partition = 0; partition < 3; partition++)
            bench.SendTo(partition, Kilobytes(200));
        var runner = bench.Start();
        await Until("them to hold their shares", () => runner.BytesInFlight >= bench.Options.MaxBytesInFlight * 3 / 8, bench.Describe);
        bench.SendTo(3, Kilobytes(200));
        await Until("the other partition", () => bench.Log.Committed(Group, Input, 3) == 200, bench.Describe);
        Assert.That(runner.BytesInFlight, Is.LessThanOrEqualTo(bench.Options.MaxBytesInFlight));
        Volatile.Write(ref away, false);
        await bench.Done();
        Assert.That(bench.Produced, Has.Count.EqualTo(800));
    }

    [Test]
    public async Task Records_of_5_MB_go_through_while_the_bytes_in_flight_stay_bounded()
    {
        await using var bench = new RunnerBench(4);
        bench.Options.MaxBytesInFlight = 8 * 1024 * 1024;
        var value = new string('x', 5 * 1024 * 1024);
        for (var i = 0; i < 12; i++)
            bench.SendTo(i % 4, value);
        var most = 0L;
        StageRunner runner = null!;
        bench.Stage.Before = (_, _) =>
        {
            InterlockedMax(ref most, runner.BytesInFlight);
            return Task.CompletedTask;
        };
        runner = bench.Start();
        await bench.Done();
        Assert.That(bench.Produced, Has.Count.EqualTo(12));

        // Each of the four may hold one record whatever there is; and its output, until that is durable.
        Assert.That(most, Is.LessThanOrEqualTo((4 * 2 * 5L * 1024 * 1024) + (8 * 1024 * 1024)));
    }

    [Test]
    public async Task A_revoked_lane_finishes_the_batch_in_work_commits_it_and_drops_the_rest()
    {
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _bench.Options.MaxBatchRecords = 5;
        _bench.Log.BeforeRevoke = () => gate.TrySetResult();

        // The first batch ends only once the partition is being taken; a second one would never end.
        _bench.Stage.Before = (_, token) => entered.TrySetResult() ? gate.Task.WaitAsync(token) : Task.Delay(Timeout.Infinite, token);
        _bench.Send(Numbers(20));
        _bench.Start();
        await entered.Task;
        var other = new ScriptedStage(Output);
        _bench.Start(stage: other);
        await Until("the second member", () => _bench.Log.Members(Group, Input) == 2);
        _bench.Log.Move(Group, Input, 0, 1);
        await _bench.Done();
        Assert.That(_bench.Stage.Processed, Is.Not.Empty.And.Count.LessThanOrEqualTo(5));
        Assert.That(_bench.Stage.Processed.Concat(other.Processed), Is.EqualTo(Numbers(20)), "done twice, or lost");
        await _bench.StopAsync(1);
        Assert.That(other.Open, Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_revoked_lane_that_does_not_finish_in_time_is_broken_off_and_the_next_owner_does_it_again()
    {
        var entered = new TaskCompletionSource();
        var broken = new TaskCompletionSource();
        _bench.Options.RevocationTimeout = TimeSpan.FromMilliseconds(50);
        _bench.Stage.Before = async (_, token) =>
        {
            entered.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                broken.TrySetResult();
            }
        };
        _bench.Send(Numbers(5));
        _bench.Start();
        await entered.Task;
        var other = new ScriptedStage(Output);
        _bench.Start(stage: other);
        await Until("the second member", () => _bench.Log.Members(Group, Input) == 2);
        _bench.Log.Move(Group, Input, 0, 1);
        await broken.Task;
        await _bench.Done();
        Assert.That(other.Processed, Is.EqualTo(Numbers(5)));
    }

    [Test]
    public async Task A_lost_lane_commits_nothing_and_is_broken_off()
    {
        await using var bench = new RunnerBench(1);
        var entered = new TaskCompletionSource();
        var broken = new TaskCompletionSource();
        bench.Stage.Before = async (_, token) =>
        {
            if (!entered.TrySetResult())
                return;
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                broken.TrySetResult();
            }
        };
        bench.Send(Numbers(5));
        bench.Start();
        await entered.Task;
        bench.Log.Evict(Group, Input, 0);
        await broken.Task;
        await bench.Done();
        Assert.That(bench.Produced, Is.EqualTo(Numbers(5)));
    }

    [Test]
    public async Task A_stop_finishes_and_commits_what_is_in_work_and_leaves_the_group()
    {
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _bench.Options.MaxBatchRecords = 5;
        _bench.Stage.Before = (_, token) =>
        {
            entered.TrySetResult();
            return gate.Task.WaitAsync(token);
        };
        _bench.Send(Numbers(20));
        _bench.Start();
        await entered.Task;
        var stopped = _bench.StopAsync();
        Assert.That(_bench.Log.Members(Group, Input), Is.EqualTo(1));
        gate.SetResult();
        await stopped;
        Assert.That(_bench.Log.Members(Group, Input), Is.Zero);
        Assert.That(_bench.Log.Committed(Group, Input, 0), Is.EqualTo(_bench.Produced.Count));
        Assert.That(_bench.Produced, Is.Not.Empty.And.EqualTo(Numbers(_bench.Produced.Count)));
    }

    [Test]
    public async Task A_stop_does_not_wait_for_a_database_that_is_away()
    {
        _bench.Options.ShutdownTimeout = TimeSpan.FromMinutes(5);
        _bench.Options.MinBackoff = _bench.Options.MaxBackoff = TimeSpan.FromMinutes(1);
        _bench.Stage.Before = (_, _) => throw new InfrastructureException("away");
        _bench.Send("a");
        var runner = _bench.Start();
        await Until("a problem", () => runner.Problem is not null);
        await _bench.StopAsync();
        Assert.That(_bench.Log.Committed(Group, Input, 0), Is.Null);
    }

    [Test]
    public async Task A_stop_ends_in_time_though_a_store_hangs()
    {
        _bench.Options.ShutdownTimeout = TimeSpan.FromMilliseconds(50);
        var entered = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        _bench.Stage.Before = async (_, _) =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        _bench.Send("a");
        _bench.Start();
        await entered.Task;
        await _bench.StopAsync();
        Assert.That(_bench.Log.Committed(Group, Input, 0), Is.Null);
        gate.SetResult();
    }

    [Test]
    public async Task A_reader_that_breaks_is_opened_anew_and_one_that_fails_is_asked_again()
    {
        var polls = 0;
        _bench.Log.BeforeOpen = () =>
        {
            if (_bench.Log.Opened == 1 && Volatile.Read(ref polls) < 25)
            {
                Interlocked.Increment(ref polls);
                throw new LogReadException("no broker");
            }
        };
        _bench.Log.BeforePoll = () =>
        {
            var n = Interlocked.Increment(ref polls);
            if (n == 20)
                throw new LogReadException("fenced", isFatal: true);
            if (n % 5 == 0 && n < 60)
                throw new LogReadException("a hiccup");
        };
        _bench.Send(Numbers(100));
        var runner = _bench.Start();
        await _bench.Done();
        await Until("polls past the faults", () => Volatile.Read(ref polls) > 65);
        await Until("no problem", () => runner.Problem is null, () => runner.Problem!);
        Assert.That(_bench.Log.Opened, Is.EqualTo(2));
        Assert.That(_bench.Produced.Distinct(), Is.EqualTo(Numbers(100)));
    }

    [Test]
    public async Task A_reader_that_breaks_whenever_it_reads_is_never_said_to_be_well()
    {
        var polls = 0;
        _bench.Log.BeforePoll = () =>
        {
            if (Interlocked.Increment(ref polls) % 4 == 0)
                throw new ArgumentOutOfRangeException();
        };
        _bench.Send(Numbers(1_000));
        var runner = _bench.Start();
        await Until("the reader broke", () => _bench.Log.Opened > 1);
        for (var opened = _bench.Log.Opened; _bench.Log.Opened < opened + 5;)
        {
            Assert.That(runner.Problem, Does.Contain("cannot read"));
            await Task.Yield();
        }
    }

    [Test]
    public async Task A_topic_made_anew_is_read_from_its_beginning()
    {
        _bench.Send(Numbers(10));
        _bench.Start();
        await _bench.Done();
        _bench.Log.Recreate(Input);
        _bench.Send("a", "b");
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(10).Concat(["a", "b"])));
        Assert.That(_bench.Log.Committed(Group, Input, 0), Is.EqualTo(2));
    }

    [Test]
    public async Task A_lane_that_cannot_be_opened_is_opened_again_and_misses_nothing()
    {
        var stage = new StageThatOpensLate(_bench.Stage, 3);
        _bench.Options.MinBackoff = TimeSpan.FromMilliseconds(20);
        _bench.Options.MaxBackoff = TimeSpan.FromMilliseconds(20);
        var runner = _bench.Start(stage: stage);
        _bench.Send(Numbers(10));
        await _bench.Done();
        Assert.That(_bench.Produced, Is.EqualTo(Numbers(10)));
        Assert.That(runner.Problem, Is.Null);
    }

    [Test]
    public async Task Records_are_counted_by_stage_and_outcome_and_the_lag_is_measured()
    {
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == PipelineMetrics.MeterName)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var text = new Dictionary<string, object?>(tags.ToArray());
            if (text.GetValueOrDefault("custom_events.stage") as string == "counted")
                counts.AddOrUpdate($"{instrument.Name} {text.GetValueOrDefault("custom_events.outcome") ?? text.GetValueOrDefault("custom_events.code")}".Trim(), value, (_, sum) => instrument.IsObservable ? value : sum + value);
        });
        listener.Start();
        _bench.Stage.Outcomes = v => v switch
        {
            "0000" => Outcome.Done,
            "0001" => Outcome.Duplicate,
            "0002" => Outcome.Rejected(new StageRejection(Guid.NewGuid(), new EventError("", ErrorCode.TooDeep, "no"))),
            _ => null,
        };
        _bench.Start(stage: new NamedStage(_bench.Stage, "counted"));
        _bench.Send(Numbers(10));
        await _bench.Done();
        listener.RecordObservableInstruments();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts["custom_events.stage.records done"], Is.EqualTo(1));
            Assert.That(counts["custom_events.stage.records duplicate"], Is.EqualTo(1));
            Assert.That(counts["custom_events.stage.records rejected"], Is.EqualTo(1));
            Assert.That(counts["custom_events.stage.records produced"], Is.EqualTo(7));
            Assert.That(counts["custom_events.stage.rejections too_deep"], Is.EqualTo(1));
            Assert.That(counts["messaging.client.consumed.messages"], Is.EqualTo(10));
            Assert.That(counts, Contains.Key("custom_events.stage.lag"));
        }
    }

    private static Task Started(StageRunner runner) => Until("the start", () => runner.Problem?.Contains("not joined", StringComparison.Ordinal) != true);

    /// <summary>Four partitions, of which each has an eighth of the memory, and half is for full batches.</summary>
    private static RunnerBench WithLittleMemory()
    {
        var bench = new RunnerBench(4);
        bench.Options.MaxConcurrentBatches = 1;
        bench.Options.MaxBatchRecords = 100;
        bench.Options.MaxBatchBytes = 100 * 1024;
        bench.Options.MaxBytesInFlight = 400 * 1024;
        return bench;
    }

    private static string[] Kilobytes(int count) => [.. Enumerable.Repeat(new string('x', 1024), count)];

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen; seen = Interlocked.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    // A machine that stands still for a second makes of it a twentieth.
    private sealed class SlowTime : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() / 20;
    }

    private sealed class NamedStage(IStage inner, string name) : IStage
    {
        public string Name => name;

        public IStageLane OpenLane(TopicPartition partition) => inner.OpenLane(partition);

        public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken) =>
            inner.RejectAsync(record, code, detail, cancellationToken);
    }

    private sealed class StageThatOpensLate(IStage inner, int failures) : IStage
    {
        private int _opened;

        public string Name => inner.Name;

        public IStageLane OpenLane(TopicPartition partition) =>
            Interlocked.Increment(ref _opened) <= failures ? throw new InvalidOperationException("not yet") : inner.OpenLane(partition);

        public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken) =>
            inner.RejectAsync(record, code, detail, cancellationToken);
    }
}
