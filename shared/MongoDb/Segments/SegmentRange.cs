using System.Text;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Segments;

/// <summary>The <c>_id</c>s from <paramref name="From"/> on and before <paramref name="To"/>.</summary>
internal readonly record struct SegmentRange(string From, string To)
{
    /// <summary>The ranges that a condition asks for; the time is in them only where the value is one (<see cref="SegmentOperator.Equal"/>).</summary>
    public static IReadOnlyList<SegmentRange> Of(SegmentCondition condition)
    {
        if (condition.Operator == SegmentOperator.Exists)
            return [new(Prefix(condition, []), Prefix(condition, [], end: true))];
        if (condition.Value is not { } value)
            throw new ArgumentException("Only \"exists\" is asked without a value.", nameof(condition));
        var tag = SegmentText.Tag(value.Kind);
        using var encoded = new BsonBuffer(256);
        SegmentText.Value(encoded, value.Kind, Encoding.UTF8.GetBytes(value.Text ?? ""), value.Bits);
        var bytes = encoded.Bytes.AsSpan(0, encoded.Length);
        var first = Prefix(condition, [tag]);
        var afterLast = Prefix(condition, [(byte)(tag + 1)]);
        var at = Prefix(condition, [.. bytes, SegmentText.Separator]);
        var behind = Prefix(condition, [.. bytes, SegmentText.AfterSeparator]);
        return condition.Operator switch
        {
            SegmentOperator.Equal => [new(condition.Since is { } since ? at + Time(since) : at, behind)],
            SegmentOperator.NotEqual => [new(first, at), new(behind, afterLast)],
            SegmentOperator.Greater => [new(behind, afterLast)],
            SegmentOperator.GreaterOrEqual => [new(at, afterLast)],
            SegmentOperator.Less => [new(first, at)],
            SegmentOperator.LessOrEqual => [new(first, behind)],
            SegmentOperator.Exists => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A time as an entry has it; the order of the texts is that of the times.</summary>
    public static string Time(DateTime utc)
    {
        // Between two milliseconds: what occurred "then or later" occurred at the later one.
        var whole = utc.Ticks % TimeSpan.TicksPerMillisecond;
        if (whole != 0 && utc.Ticks < DateTime.MaxValue.Ticks - TimeSpan.TicksPerMillisecond)
            utc = utc.AddTicks(TimeSpan.TicksPerMillisecond - whole);
        using var output = new BsonBuffer(32);
        SegmentText.Time(output, utc);
        return Encoding.UTF8.GetString(output.Bytes, 0, output.Length);
    }

    private static string Prefix(SegmentCondition condition, ReadOnlySpan<byte> value, bool end = false)
    {
        using var output = new BsonBuffer(256);
        SegmentText.Part(output, condition.StoreId);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Part(output, condition.EventName);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Part(output, condition.Key);
        SegmentText.Byte(output, end ? SegmentText.AfterSeparator : SegmentText.Separator);
        value.CopyTo(output.Span(value.Length));
        output.Advance(value.Length);
        return Encoding.UTF8.GetString(output.Bytes, 0, output.Length);
    }
}
