using System.Globalization;

namespace CustomEvents.Kafka.Topics;

/// <summary>The settings of topics (contract section 10): what they are made with, and what counts as weaker.</summary>
internal static class TopicRules
{
    public static readonly TimeSpan EventRetention = TimeSpan.FromDays(7);
    public static readonly TimeSpan RejectionRetention = TimeSpan.FromDays(30);

    /// <summary>What a topic is made with.</summary>
    public static Dictionary<string, string> For(TimeSpan retention, int replicationFactor)
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = Text((long)retention.TotalMilliseconds),
            ["max.message.bytes"] = Text(ClientSettings.MaxRecordBytes),
            ["unclean.leader.election.enable"] = "false",
            ["compression.type"] = "producer",
        };
        if (replicationFactor >= 3)
            settings["min.insync.replicas"] = "2";
        return settings;
    }

    /// <summary>The settings that are weaker than the contract's: setting, found, wanted.</summary>
    public static IEnumerable<(string Setting, string Found, string Wanted)> Weaker(IReadOnlyDictionary<string, string> found, int replicationFactor)
    {
        if (Value("cleanup.policy") is { } policy && policy != "delete")
            yield return ("cleanup.policy", policy, "delete");
        if (Number("max.message.bytes") is { } bytes && bytes < ClientSettings.MaxRecordBytes)
            yield return ("max.message.bytes", Text(bytes), Text(ClientSettings.MaxRecordBytes));
        if (Value("unclean.leader.election.enable") is { } unclean && unclean != "false")
            yield return ("unclean.leader.election.enable", unclean, "false");
        if (replicationFactor >= 3 && Number("min.insync.replicas") is { } replicas && replicas < 2)
            yield return ("min.insync.replicas", Text(replicas), "2");

        string? Value(string name) => found.TryGetValue(name, out var value) ? value : null;
        long? Number(string name) => long.TryParse(Value(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
