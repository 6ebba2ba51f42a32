using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using CustomEvents.Kafka;
using CustomEvents.Kafka.Writing;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Kafka.Mock;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomEvents.Tests.Kafka;

/// <summary>What an append does when the brokers fail it, on the mock cluster.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed partial class WriterFaultTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private readonly MockCluster _cluster = new();
    private readonly string _topic = KafkaLogs.NewName();
    private readonly List<IDisposable> _opened = [];

    public WriterFaultTests() => _cluster.CreateTopic(_topic, 1);

    public void Dispose()
    {
        foreach (var opened in _opened)
            opened.Dispose();
        _cluster.Dispose();
    }

    [TestCase(ErrorCode.NotEnoughReplicas)]
    [TestCase(ErrorCode.NotEnoughReplicasAfterAppend)]
    [TestCase(ErrorCode.NotLeaderForPartition)]
    [TestCase(ErrorCode.RequestTimedOut)]
    public async Task A_passing_error_of_a_broker_is_ridden_out_in_order(ErrorCode error)
    {
        var writer = Open(KafkaDelivery.GivesUp, TimeSpan.FromSeconds(10));
        _cluster.FailNext(ApiKey.Produce, error, error);
        var appends = Enumerable.Range(0, 5).Select(i => writer.AppendAsync(Records(1, $"{i}"), default)).ToArray();
        await Task.WhenAll(appends).WaitAsync(Deadline);
        Assert.That(Stored(), Is.EqualTo(new[] { "0", "1", "2", "3", "4" }));
    }

    [Test]
    public async Task Giving_up_says_unavailable_and_that_nothing_was_written_where_that_is_certain()
    {
        var writer = Open(KafkaDelivery.GivesUp, TimeSpan.FromSeconds(1));
        _cluster.StopBroker();
        var failure = await FailureOf(writer.AppendAsync(Records(3, "lost"), default));
        Assert.That((failure.Kind, failure.NothingWritten), Is.EqualTo((LogWriteFailure.Unavailable, true)), failure.Message);

        _cluster.StartBroker();
        await AppendUntilAcceptedAsync(writer, "kept");
        Assert.That(Stored(), Has.None.EqualTo("lost").And.Some.EqualTo("kept"));
    }

    [Test]
    public async Task A_broker_that_hangs_is_given_up_without_a_claim_that_nothing_was_written()
    {
        var writer = Open(KafkaDelivery.GivesUp, TimeSpan.FromSeconds(1));
        // The first connection may take longer than the writer waits.
        await AppendUntilAcceptedAsync(writer, "before");
        _cluster.SetDelay(TimeSpan.FromSeconds(30));
        var failure = await FailureOf(writer.AppendAsync(Records(1, "unknown"), default));
        Assert.That((failure.Kind, failure.NothingWritten), Is.EqualTo((LogWriteFailure.Unavailable, false)), failure.Message);
    }

    [Test]
    public async Task Repeating_for_ever_outlasts_the_broker_and_keeps_the_order()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1));
        await writer.AppendAsync(Records(1, "0"), default).WaitAsync(Deadline);
        _cluster.StopBroker();
        var appends = Enumerable.Range(1, 4).Select(i => writer.AppendAsync(Records(1, $"{i}"), default)).ToArray();
        // Longer than the other kind of writer would have tried.
        var finished = await Task.WhenAny(Task.WhenAny(appends), Task.Delay(TimeSpan.FromSeconds(2)));
        Assert.That(finished, Is.Not.InstanceOf<Task<Task>>(), "an append ended while the broker was away");

        _cluster.StartBroker();
        await Task.WhenAll(appends).WaitAsync(Deadline);
        Assert.That(Stored(), Is.EqualTo(new[] { "0", "1", "2", "3", "4" }));
    }

    [Test]
    public async Task A_full_queue_is_unavailable_at_once_and_an_append_cut_by_it_waits_for_what_it_handed_over()
    {
        var writer = Open(KafkaDelivery.GivesUp, TimeSpan.FromSeconds(10), ("queue.buffering.max.messages", "4"));
        await writer.AppendAsync(Records(1, "first"), default).WaitAsync(Deadline);
        _cluster.StopBroker();
        var waiting = writer.AppendAsync(Records(2, "a"), default);
        var cut = writer.AppendAsync(Records(4, "b"), default);
        var refused = await FailureOf(writer.AppendAsync(Records(1, "c"), default));
        Assert.That((refused.Kind, refused.NothingWritten), Is.EqualTo((LogWriteFailure.Unavailable, true)), refused.Message);
        Assert.That(cut.IsCompleted, Is.False, "two of its records may still be written");

        _cluster.StartBroker();
        await waiting.WaitAsync(Deadline);
        var half = await FailureOf(cut);
        Assert.That((half.Kind, half.NothingWritten), Is.EqualTo((LogWriteFailure.Unavailable, false)), half.Message);
        Assert.That(Stored(), Is.EqualTo(new[] { "first", "a", "a", "b", "b" }));
    }

    [Test]
    public async Task A_full_queue_holds_the_stages_back_in_order_and_loses_nothing()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1), ("queue.buffering.max.messages", "3"));
        var appends = Enumerable.Range(0, 20).Select(i => writer.AppendAsync(Records(2, $"{i:00}"), default)).ToArray();
        await Task.WhenAll(appends).WaitAsync(Deadline);
        Assert.That(Stored(), Is.EqualTo(Enumerable.Range(0, 40).Select(i => $"{i / 2:00}")));
    }

    [Test]
    public async Task Cancellation_ends_the_waiting_and_what_was_not_handed_over_never_is()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1), ("queue.buffering.max.messages", "2"));
        _cluster.StopBroker();
        using var cancellation = new CancellationTokenSource();
        var first = writer.AppendAsync(Records(2, "kept"), default);
        var cancelled = writer.AppendAsync(Records(2, "never"), cancellation.Token);
        await cancellation.CancelAsync();
        Assert.That(async () => await cancelled.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());

        var behind = writer.AppendAsync(Records(1, "behind"), default);
        _cluster.StartBroker();
        await Task.WhenAll(first, behind).WaitAsync(Deadline);
        Assert.That(Stored(), Is.EqualTo(new[] { "kept", "kept", "behind" }));
    }

    [Test]
    public async Task A_record_that_is_too_large_is_refused_before_anything_is_written()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1));
        OutgoingRecord[] records = [.. Records(1, "small"), new(_topic, Bytes.Of("k"), new byte[ClientSettings.MaxRecordBytes], [])];
        var failure = await FailureOf(writer.AppendAsync(records, default));
        Assert.That((failure.Kind, failure.NothingWritten), Is.EqualTo((LogWriteFailure.RecordRefused, true)), failure.Message);
        Assert.That(Stored(), Is.Empty);
    }

    [Test]
    public async Task A_record_that_a_broker_finds_too_large_is_refused()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1));
        _cluster.FailNext(ApiKey.Produce, ErrorCode.MsgSizeTooLarge);
        var failure = await FailureOf(writer.AppendAsync(Records(1, "large"), default));
        Assert.That((failure.Kind, failure.NothingWritten), Is.EqualTo((LogWriteFailure.RecordRefused, true)), failure.Message);
        await writer.AppendAsync(Records(1, "next"), default).WaitAsync(Deadline);
    }

    [Test]
    public async Task A_producer_that_fails_for_good_is_replaced_and_fails_what_it_owed()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1), ("queue.buffering.max.messages", "3"));
        await writer.AppendAsync(Records(1, "before"), default).WaitAsync(Deadline);
        _cluster.StopBroker();
        var owed = writer.AppendAsync(Records(2, "owed"), default);
        var cut = writer.AppendAsync(Records(2, "cut"), default);
        var waiting = writer.AppendAsync(Records(1, "waiting"), default);
        var failed = writer.Instance;
        FailForGood(failed.Producer);

        foreach (var append in new[] { owed, cut, waiting })
        {
            var failure = await FailureOf(append);
            Assert.That(failure.Kind, Is.EqualTo(LogWriteFailure.Fatal), failure.Message);
        }

        _cluster.StartBroker();
        await AppendUntilAcceptedAsync(writer, "after");
        Assert.That(writer.Instance, Is.Not.SameAs(failed));
        Assert.That(Stored(), Is.EqualTo(new[] { "before", "after" }));
    }

    [Test]
    public async Task Closing_leaves_no_append_hanging()
    {
        var writer = Open(KafkaDelivery.RepeatsForEver, TimeSpan.FromSeconds(1), ("queue.buffering.max.messages", "1"));
        _cluster.StopBroker();
        var owed = writer.AppendAsync(Records(1, "owed"), default);
        var waiting = writer.AppendAsync(Records(1, "waiting"), default);
        await Task.Run(writer.Dispose).WaitAsync(Deadline);
        Assert.That((await FailureOf(owed)).NothingWritten, Is.False);
        Assert.That((await FailureOf(waiting)).Kind, Is.EqualTo(LogWriteFailure.Unavailable));
        Assert.That((await FailureOf(writer.AppendAsync(Records(1, "late"), default))).Kind, Is.EqualTo(LogWriteFailure.Unavailable));
    }

    private KafkaLogWriter Open(KafkaDelivery delivery, TimeSpan giveUpAfter, params (string Property, string Value)[] client)
    {
        var options = new KafkaOptions { BootstrapServers = _cluster.BootstrapServers, Client = client.ToDictionary(c => c.Property, c => c.Value) };
        var writer = new KafkaLogWriter(
            new ClientSettings(options) { GiveUpAfter = giveUpAfter }, delivery, TimeProvider.System, NullLogger<KafkaLogWriter>.Instance);
        _opened.Add(writer);
        return writer;
    }

    private OutgoingRecord[] Records(int count, string value) =>
        [.. Enumerable.Range(0, count).Select(_ => new OutgoingRecord(_topic, Bytes.Of("k"), Bytes.Of(value), []))];

    // The client needs a moment to find a broker again, and may give up once more meanwhile.
    private async Task AppendUntilAcceptedAsync(KafkaLogWriter writer, string value)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await writer.AppendAsync(Records(1, value), default);
                return;
            }
            catch (LogWriteException e) when (e.Kind == LogWriteFailure.Unavailable && clock.Elapsed < Deadline)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<LogWriteException> FailureOf(Task append)
    {
        try
        {
            await append.WaitAsync(Deadline);
        }
        catch (LogWriteException e)
        {
            return e;
        }

        Assert.Fail("The append was accepted.");
        throw new InvalidOperationException();
    }

    private List<string?> Stored()
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = _cluster.BootstrapServers,
            GroupId = "check",
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        var values = new List<string?>();
        while (true)
        {
            var result = consumer.Consume(Deadline) ?? throw new TimeoutException("the topic's end was not reached");
            if (result.IsPartitionEOF)
                return values;
            values.Add(result.Message.Value);
        }
    }

    // The client library's own way to test this; its handle is no part of the public interface.
    private static void FailForGood(IClient client)
    {
        var handle = (SafeHandle)typeof(Handle).GetProperty("LibrdkafkaHandle", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
            .GetValue(client.Handle)!;
        Assert.That(TestFatalError(handle.DangerousGetHandle(), (int)ErrorCode.OutOfOrderSequenceNumber, "made to fail"), Is.Zero);
    }

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_test_fatal_error", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TestFatalError(nint client, int error, string reason);
}
