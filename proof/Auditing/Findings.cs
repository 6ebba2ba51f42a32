namespace CustomEvents.Proof.Auditing;

/// <summary>What an audit found: how many of each kind, and the first few in words.</summary>
internal sealed class Findings
{
    private const int Told = 12;
    private readonly int[] _counts = new int[Enum.GetValues<Count>().Length];
    private readonly List<string> _examples = [];

    /// <summary>Accepted valid events.</summary>
    public int Accepted { get; set; }

    /// <summary>Sends of valid events whose outcome the sender does not know.</summary>
    public int Unknown { get; set; }

    /// <summary>Of those in the log: dropped as duplicates, as they should be.</summary>
    public int Duplicates { get; set; }

    /// <summary>Invalid ones that have to be rejections.</summary>
    public int Rejections { get; set; }

    /// <summary>Documents in <c>events</c>.</summary>
    public int Stored { get; set; }

    /// <summary>The first few findings.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>Whether nothing is wrong.</summary>
    public bool AreNone => _counts.All(static count => count == 0);

    /// <summary>How many there are of a kind.</summary>
    public int this[Count count] => _counts[(int)count];

    /// <summary>Adds one.</summary>
    public void Add(Count count, string what)
    {
        if (_counts[(int)count]++ < Told)
            _examples.Add($"{count.ToString().ToLowerInvariant()}: {what}");
    }
}
