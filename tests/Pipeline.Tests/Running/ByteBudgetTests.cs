using CustomEvents.Pipeline.Running;

namespace CustomEvents.Tests.Pipeline.Running;

public sealed class ByteBudgetTests
{
    [TestCase(100, 4, 225)]
    [TestCase(600, 4, 125, Description = "half is shared out, whatever full batches would take")]
    [TestCase(100, 0, 900, Description = "no partition is assigned")]
    public void What_full_batches_leave_is_shared_out(long forBatches, int lanes, long expected)
    {
        var budget = new ByteBudget(1_000, forBatches);
        budget.ShareOut(lanes);
        Assert.That(budget.Share, Is.EqualTo(expected));
    }

    [Test]
    public void What_lanes_hold_above_their_share_is_lent_and_comes_back()
    {
        var budget = new ByteBudget(1_000, 400);
        budget.ShareOut(2);
        var (first, second) = (0L, 0L);
        budget.Move(300, 300, ref first);
        budget.Move(699, 699, ref second);
        Assert.That((budget.CanLend, budget.Used, first, second), Is.EqualTo((true, 999L, 0L, 399L)));
        budget.Move(1, 700, ref second);
        Assert.That((budget.CanLend, budget.IsSpent), Is.EqualTo((false, true)));
        budget.Move(-300, 0, ref first);
        Assert.That(budget.CanLend, Is.False, "the share of one was lent to another");
        budget.Move(-700, 0, ref second);
        Assert.That((budget.CanLend, budget.Used, second), Is.EqualTo((true, 0L, 0L)));
    }

    [Test]
    public void Other_shares_than_before_are_reckoned_when_a_lane_moves_on()
    {
        var budget = new ByteBudget(1_000, 400);
        budget.ShareOut(1);
        var lent = 0L;
        budget.Move(600, 600, ref lent);
        budget.ShareOut(3);
        budget.Move(200, 800, ref lent);
        Assert.That(lent, Is.EqualTo(600));
        budget.Move(-800, 0, ref lent);
        budget.ShareOut(1);
        budget.Move(999, 999, ref lent);
        Assert.That((lent, budget.CanLend), Is.EqualTo((399L, true)));
    }
}
