using System.Globalization;

namespace CustomEvents.Bench.Reporting;

/// <summary>A figure beside its floor; without a bar it is only told.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure; null where it could not be measured.</param>
/// <param name="Unit">Of the figure and of its floor.</param>
/// <param name="Floor">The same of the floor, from the same run.</param>
/// <param name="Ratio">The figure divided by its floor.</param>
/// <param name="Bar">What is asked of the ratio, or of the figure where there is no floor.</param>
/// <param name="Met">Whether it is reached.</param>
internal sealed record Row(string Name, double? Value, string Unit, double? Floor = null, double? Ratio = null, string? Bar = null, bool? Met = null)
{
    public static Row Of(string name, double value, string unit) => new(name, value, unit);

    public static Row AtMost(string name, double value, string unit, double bar) =>
        new(name, value, unit, null, null, Text("≤ ", bar, " " + unit), value <= bar);

    public static Row Beside(string name, double value, string unit, double floor) => new(name, value, unit, floor, value / floor);

    public static Row AtLeastOfFloor(string name, double value, string unit, double floor, double bar) =>
        Beside(name, value, unit, floor) with { Bar = Text("≥ ", bar, " ×"), Met = value / floor >= bar };

    public static Row AtMostOfFloor(string name, double value, string unit, double floor, double bar) =>
        Beside(name, value, unit, floor) with { Bar = Text("≤ ", bar, " ×"), Met = value / floor <= bar };

    /// <summary>A bar for the figure itself, and its floor to tell what the machine would give.</summary>
    public static Row AtMostBeside(string name, double value, string unit, double floor, double bar) =>
        AtMost(name, value, unit, bar) with { Floor = floor, Ratio = value / floor };

    private static string Text(string before, double bar, string behind) => string.Create(CultureInfo.InvariantCulture, $"{before}{bar:#,0.##}{behind}");
}
