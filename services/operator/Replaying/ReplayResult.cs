namespace CustomEvents.Operator.Replaying;

/// <summary>What a replay did, or would do.</summary>
internal sealed class ReplayResult
{
    private readonly int[] _fates = new int[Enum.GetValues<ReplayFate>().Length];

    /// <summary>The rejections that were sent again.</summary>
    public List<string> Replayed { get; } = [];

    /// <summary>Those that were not, and why.</summary>
    public List<(string Id, string Reason)> Skipped { get; } = [];

    /// <summary>What ended it early; null where nothing did.</summary>
    public string? Failure { get; set; }

    /// <summary>How many of those that were sent again came to this.</summary>
    public int this[ReplayFate fate] => _fates[(int)fate];

    /// <summary>Takes what became of a batch.</summary>
    public void Add(IEnumerable<ReplayFate> fates)
    {
        foreach (var fate in fates)
            _fates[(int)fate]++;
    }
}
