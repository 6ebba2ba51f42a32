using CsCheck;
using CustomEvents.Pipeline.Running;

namespace CustomEvents.Tests.Pipeline.Running;

public sealed class OffsetWatermarkTests
{
    [Test]
    public void Nothing_may_be_committed_before_the_first_record() => Assert.That(new OffsetWatermark().Next, Is.Null);

    [Test]
    public void Whatever_the_order_of_the_ends_it_stands_at_the_first_that_has_not_ended()
    {
        var gaps = Gen.Int[1, 3].Array[1, 60];
        Gen.Select(gaps, Gen.Long[0, 1000], Gen.Int[0, 1_000_000]).Sample((steps, start, seed) =>
        {
            var watermark = new OffsetWatermark();
            var unfinished = new SortedSet<long>();
            var random = new Random(seed);
            var offset = start;
            var last = start;
            var begun = 0;
            var released = 0;
            while (begun < steps.Length || unfinished.Count > 0)
            {
                if (begun < steps.Length && random.Next(2) == 0)
                {
                    watermark.Begin(offset);
                    unfinished.Add(offset);
                    last = offset;
                    offset += steps[begun++];
                }
                else if (unfinished.Count > 0)
                {
                    var ended = unfinished.ElementAt(random.Next(unfinished.Count));
                    unfinished.Remove(ended);
                    released += watermark.End(ended);
                }

                if (begun > 0 && watermark.Next != (unfinished.Count > 0 ? unfinished.Min : last + 1))
                    return false;
            }

            return watermark.Held == 0 && released == steps.Length;
        });
    }

    [Test]
    public void A_record_that_begins_behind_another_or_ends_twice_is_a_bug()
    {
        var watermark = new OffsetWatermark();
        watermark.Begin(5);
        watermark.Begin(7);
        watermark.Begin(8);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => watermark.Begin(8), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => watermark.End(9), Throws.ArgumentException);
            watermark.End(7);
            Assert.That(() => watermark.End(7), Throws.ArgumentException);
            watermark.End(5);
            Assert.That(() => watermark.End(5), Throws.ArgumentException);
            Assert.That(watermark.Next, Is.EqualTo(8));
        }
    }
}
