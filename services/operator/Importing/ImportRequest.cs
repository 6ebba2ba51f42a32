namespace CustomEvents.Operator.Importing;

/// <summary>What is to be imported, and how.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Url">The API's address.</param>
/// <param name="Store">The store.</param>
/// <param name="Key">A key of the store with the scope <c>customer_events_write</c>.</param>
/// <param name="InFlight">How many requests are under way at once; with 1, events keep the file's order.</param>
/// <param name="Patience">How long nothing may get through before it is given up.</param>
/// <param name="StartOver">Forgets what an earlier run noted.</param>
internal sealed record ImportRequest(string File, Uri Url, string Store, string Key, int InFlight, TimeSpan Patience, bool StartOver)
{
    /// <summary>Says what is settled.</summary>
    public string JournalFile => File + ".import";

    /// <summary>The lines that were refused, as they were.</summary>
    public string RejectedFile => File + ".rejected.ndjson";

    /// <summary>Why they were.</summary>
    public string ErrorsFile => File + ".rejected.errors.ndjson";

    /// <summary>The bulk endpoint.</summary>
    public Uri Endpoint => new($"{Url.AbsoluteUri.TrimEnd('/')}/stores/{Store}/events/bulk");
}
