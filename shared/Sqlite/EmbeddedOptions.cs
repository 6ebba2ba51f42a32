namespace CustomEvents.Sqlite;

/// <summary>The section <c>Embedded</c>.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Embedded";

    /// <summary>
    /// The folder that holds the log and the stores; made where it is not there. A relative one is taken from the working directory.
    /// It belongs on a local disk: SQLite's locks do not hold on most network file systems. Default: <c>data</c>.
    /// </summary>
    public string DataDirectory { get; set; } = "data";
}
