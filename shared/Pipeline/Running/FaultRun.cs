using System.Text;

namespace CustomEvents.Pipeline.Running;

/// <summary>Counts records at fault in a row that fail the same way: three are a fault of ours and not of theirs (design section 4).</summary>
internal sealed class FaultRun
{
    /// <summary>So many in a row stop the lane.</summary>
    public const int Limit = 3;

    private const int ShapeLength = 120;
    private string? _shape;

    /// <summary>How many there are in a row.</summary>
    public int Count { get; private set; }

    /// <summary>Where it stands, for <see cref="Restore"/>.</summary>
    public (string? Shape, int Count) State => (_shape, Count);

    /// <summary>Adds one; true where it makes the run as long as <see cref="Limit"/>.</summary>
    public bool Add(Exception fault)
    {
        var shape = ShapeOf(fault);
        Count = shape == _shape ? Count + 1 : 1;
        _shape = shape;
        return Count >= Limit;
    }

    /// <summary>A record succeeded.</summary>
    public void Reset() => Restore((null, 0));

    /// <summary>Goes back to where it stood.</summary>
    public void Restore((string? Shape, int Count) state) => (_shape, Count) = state;

    /// <summary>What two failures have in common whose records differ: the kind of exception, its code, and its message without what is quoted or has digits.</summary>
    internal static string ShapeOf(Exception fault)
    {
        var shape = new StringBuilder(fault.GetType().FullName);
        if (fault is RecordFaultException record)
            shape.Append('/').Append(record.Code);
        shape.Append('/');
        var end = shape.Length + ShapeLength;
        var message = fault.Message;
        for (var i = 0; i < message.Length && shape.Length < end;)
        {
            if (message[i] is '\'' or '"' && message.IndexOf(message[i], i + 1) is var close and > 0)
            {
                shape.Append('?');
                i = close + 1;
            }
            else if (char.IsWhiteSpace(message[i]))
            {
                shape.Append(message[i++]);
            }
            else
            {
                var start = i;
                var digits = false;
                while (i < message.Length && !char.IsWhiteSpace(message[i]))
                    digits |= char.IsAsciiDigit(message[i++]);
                shape.Append(digits ? "#" : message.AsSpan(start, i - start));
            }
        }

        return shape.ToString();
    }
}
