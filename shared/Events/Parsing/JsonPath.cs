using System.Globalization;
using System.Text;

namespace CustomEvents.Events.Parsing;

/// <summary>Where in an event the reader stands: one step for each open object or array. A JSON Pointer is made of it only for an error.</summary>
internal sealed class JsonPath
{
    // A pointer that names a key of megabytes, a hundred times, would cost more than the event: it stops at the parent.
    private const int MaxPointerLength = 4_096;

    private readonly Step[] _steps = new Step[Limits.MaxDepth + 1];

    public void SetName(int level, JsonSlice name) => _steps[level] = new Step(name, -1);

    public void SetIndex(int level, int index) => _steps[level] = new Step(default, index);

    /// <summary>The pointer (RFC 6901) of the first steps, and behind them of one more member.</summary>
    public string ToPointer(ReadOnlySpan<byte> source, int levels, ReadOnlySpan<char> member = default)
    {
        var pointer = new StringBuilder();
        for (var level = 0; level < levels; level++)
        {
            var step = _steps[level];
            if (step.Index >= 0)
            {
                pointer.Append(CultureInfo.InvariantCulture, $"/{step.Index}");
                continue;
            }
            if (pointer.Length + step.Name.Length > MaxPointerLength)
                return pointer.ToString();
            pointer.Append('/');
            AppendEscaped(pointer, step.Name.Of(source), step.Name.IsEscaped);
        }
        if (!member.IsEmpty)
            pointer.Append('/').Append(member);
        return pointer.ToString();
    }

    private static void AppendEscaped(StringBuilder pointer, ReadOnlySpan<byte> raw, bool isEscaped)
    {
        string name;
        if (isEscaped)
        {
            var text = new byte[raw.Length];
            Utf8Text.Unescape(raw, text, out var length);
            name = Encoding.UTF8.GetString(text, 0, length);
        }
        else
        {
            name = Encoding.UTF8.GetString(raw);
        }
        pointer.Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
    }

    private readonly record struct Step(JsonSlice Name, int Index);
}
