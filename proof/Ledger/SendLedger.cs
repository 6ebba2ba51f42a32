namespace CustomEvents.Proof.Ledger;

/// <summary>Everything that was sent, and what was answered.</summary>
internal sealed class SendLedger
{
    private readonly Lock _lock = new();
    private readonly List<Send> _sends = [];
    private readonly List<string> _complaints = [];

    /// <summary>All sends, by number.</summary>
    public IReadOnlyList<Send> Sends
    {
        get
        {
            lock (_lock)
                return [.. _sends];
        }
    }

    /// <summary>Answers that no producer should have got.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_lock)
                return [.. _complaints];
        }
    }

    /// <summary>How many valid events were accepted so far.</summary>
    public int Accepted
    {
        get
        {
            lock (_lock)
                return _sends.Count(static send => send is { Fault: null, Outcome: Outcome.Accepted });
        }
    }

    /// <summary>Notes a send before it is sent.</summary>
    /// <param name="make">Makes it, given its number.</param>
    public Send Add(Func<int, Send> make)
    {
        lock (_lock)
        {
            var send = make(_sends.Count);
            _sends.Add(send);
            return send;
        }
    }

    /// <summary>Notes an answer that breaks the contract.</summary>
    public void Complain(string what)
    {
        lock (_lock)
            _complaints.Add(what);
    }
}
