using CustomEvents.Events;
using CustomEvents.Operator.Values;

namespace CustomEvents.Tests.Operator.Values;

public class ConditionValueTests
{
    [TestCase("5", null, PropertyKind.Integer)]
    [TestCase("5.0", null, PropertyKind.Integer)]
    [TestCase("-1.5e-3", null, PropertyKind.Double)]
    [TestCase("05", null, PropertyKind.String)]
    [TestCase(" 5", null, PropertyKind.String)]
    [TestCase("true", null, PropertyKind.Boolean)]
    [TestCase("True", null, PropertyKind.String)]
    [TestCase("2026-04-02T12:00:00Z", null, PropertyKind.Date)]
    [TestCase("2026-04-02", null, PropertyKind.String)]
    [TestCase("", null, PropertyKind.String)]
    [TestCase("5", "string", PropertyKind.String)]
    [TestCase("true", "string", PropertyKind.String)]
    [TestCase("2026-04-02T12:00:00+02:00", "date", PropertyKind.Date)]
    public void A_value_is_what_it_looks_like_or_what_the_type_says(string text, string? type, PropertyKind kind) =>
        Assert.That(ConditionValue.Read(text, type).Kind, Is.EqualTo(kind));
}
