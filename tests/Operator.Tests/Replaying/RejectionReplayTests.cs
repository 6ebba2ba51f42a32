using CustomEvents.Operator.Replaying;

namespace CustomEvents.Tests.Operator.Replaying;

public class RejectionReplayTests
{
    [Test]
    public async Task What_became_of_each_is_told()
    {
        var fates = new Queue<ReplayFate>(
            [ReplayFate.Stored, ReplayFate.Duplicate, ReplayFate.RejectedAgain, ReplayFate.Stored, ReplayFate.Stored]);
        var pipeline = new ScriptedPipeline(_ => fates.Dequeue());
        var result = await pipeline.ReplayAsync(await pipeline.RejectAsync(5));
        Assert.Multiple(() =>
        {
            Assert.That(result.Failure, Is.Null);
            Assert.That((result.Replayed.Count, result[ReplayFate.Stored], result[ReplayFate.Duplicate], result[ReplayFate.RejectedAgain]), Is.EqualTo((5, 3, 1, 1)));
        });
    }

    [Test]
    public async Task It_stops_by_itself_when_most_of_a_batch_is_refused_again()
    {
        var sent = 0;
        // The first hundred are mended; of the next, just over half are not.
        var pipeline = new ScriptedPipeline(_ => sent++ is >= 100 and <= 150 ? ReplayFate.RejectedAgain : ReplayFate.Stored);
        var ids = await pipeline.RejectAsync(350);
        var result = await pipeline.ReplayAsync(ids);
        Assert.Multiple(() =>
        {
            Assert.That(result.Failure, Does.Contain("of the last 100 that were sent again, 51 were refused again"));
            Assert.That(result.Replayed, Is.EqualTo(ids.Take(200)));
            Assert.That(pipeline.Sent, Has.Count.EqualTo(200));
        });
    }

    [Test]
    public async Task Half_of_a_batch_is_not_most_of_it_nor_is_a_last_one_that_fails_alone()
    {
        var sent = 0;
        var pipeline = new ScriptedPipeline(_ => sent++ is (>= 50 and < 100) or 120 ? ReplayFate.RejectedAgain : ReplayFate.Stored);
        var result = await pipeline.ReplayAsync([.. await pipeline.RejectAsync(121)]);
        Assert.That((result.Failure, result.Replayed.Count, result[ReplayFate.RejectedAgain]), Is.EqualTo(((string?)null, 121, 51)));
    }

    [Test]
    public async Task One_record_is_sent_once_in_a_run_and_again_only_after_it_was_refused_again()
    {
        var pipeline = new ScriptedPipeline(_ => ReplayFate.RejectedAgain);
        var ids = await pipeline.RejectAsync(1);
        Assert.That((await pipeline.ReplayAsync(ids)).Failure, Does.Contain("1 were refused again"));
        Assert.That(pipeline.Sent, Has.Count.EqualTo(1));
        await pipeline.ReplayAsync(ids);
        Assert.That(pipeline.Sent, Has.Count.EqualTo(2));

        var mended = new ScriptedPipeline(_ => ReplayFate.Stored);
        ids = await mended.RejectAsync(3);
        await mended.ReplayAsync(ids);
        var again = await mended.ReplayAsync(ids);
        Assert.That((again.Replayed.Count, again.Skipped.Count, mended.Sent.Count), Is.EqualTo((0, 3, 3)), "safe to repeat");
    }

    [TestCase((int)ReplayFate.RejectedAgain)]
    [TestCase((int)ReplayFate.Duplicate)]
    public async Task That_another_record_of_its_event_id_is_stored_says_nothing_of_one(int fate)
    {
        var expected = (ReplayFate)fate;
        var eventId = Guid.NewGuid();
        var pipeline = new ScriptedPipeline(_ => expected) { LooksBefore = 4 };
        pipeline.Store(eventId);
        var result = await pipeline.ReplayAsync(await pipeline.RejectAsync(1, eventId: eventId));
        Assert.That((result[expected], result[ReplayFate.Stored]), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Of_those_with_one_event_id_the_first_valid_one_is_stored()
    {
        var sent = 0;
        var pipeline = new ScriptedPipeline(_ => sent++ switch { 0 => ReplayFate.RejectedAgain, 1 => ReplayFate.Stored, _ => ReplayFate.Duplicate }) { LooksBefore = 3 };
        var result = await pipeline.ReplayAsync(await pipeline.RejectAsync(3, eventId: Guid.NewGuid()));
        Assert.That((result[ReplayFate.RejectedAgain], result[ReplayFate.Stored], result[ReplayFate.Duplicate]), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task A_pipeline_that_does_not_run_ends_it()
    {
        var pipeline = new ScriptedPipeline(_ => ReplayFate.Unknown);
        var result = await pipeline.ReplayAsync(await pipeline.RejectAsync(150), patienceSeconds: 0.2);
        Assert.Multiple(() =>
        {
            Assert.That(result.Failure, Does.Contain("100 of the last 100").And.Contain("Does the pipeline run?"));
            Assert.That(result.Replayed, Has.Count.EqualTo(100));
        });
    }

    [Test]
    public async Task Payloads_are_held_a_few_at_a_time()
    {
        var pipeline = new ScriptedPipeline(_ => ReplayFate.Stored);
        var result = await pipeline.ReplayAsync(await pipeline.RejectAsync(9, payloadBytes: 3 * 1024 * 1024));
        Assert.Multiple(() =>
        {
            Assert.That(result[ReplayFate.Stored], Is.EqualTo(9));
            Assert.That(pipeline.LargestAppend, Is.LessThan(13 * 1024 * 1024));
        });
    }
}
