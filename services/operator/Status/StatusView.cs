using System.Globalization;
using System.Text.Json;
using CustomEvents.Operator.Output;

namespace CustomEvents.Operator.Status;

/// <summary>Shows a status: as a document, or as a few lines for people.</summary>
internal static class StatusView
{
    /// <summary>Writes the document.</summary>
    public static void Write(Utf8JsonWriter writer, PipelineStatus status)
    {
        writer.WriteStartObject();
        writer.WriteTime("at", status.At);
        if (status.FreshnessSeconds is { } freshness)
            writer.WriteNumber("freshnessSeconds", Math.Round(freshness, 3));
        writer.WriteStartArray("stages");
        foreach (var stage in status.Stages)
            Write(writer, stage);
        writer.WriteEndArray();
        if (status.Rejected is { } rejected)
        {
            writer.WriteStartObject("rejectedLastHour");
            foreach (var (code, count) in rejected)
                writer.WriteNumber(code, count);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("stores");
        foreach (var store in status.Stores)
        {
            writer.WriteStartObject();
            writer.WriteString("storeId", store.StoreId);
            writer.WriteNumber("partition", store.Partition);
            writer.WriteNumber("share", Math.Round(store.Share, 3));
            writer.WriteNumber("recordsPerSecond", Math.Round(store.RecordsPerSecond, 1));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("problems");
        foreach (var problem in status.Problems)
            writer.WriteStringValue(problem);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes it for people.</summary>
    public static async Task TellAsync(Answer answer, PipelineStatus status)
    {
        answer.Table(
            ["stage", "reads", "instances", "records behind", "seconds behind"],
            status.Stages.Select(static stage => new[]
            {
                stage.Stage, stage.Topic, stage.Members?.ToString(CultureInfo.InvariantCulture) ?? "?",
                stage.LagRecords.ToString(CultureInfo.InvariantCulture), stage.LagSeconds.ToString("0.0", CultureInfo.InvariantCulture),
            }));
        if (status.FreshnessSeconds is { } freshness)
        {
            await answer.LineAsync(freshness > 0
                ? string.Create(CultureInfo.InvariantCulture, $"The oldest event that is accepted and not readable yet was received {freshness:0.0} s ago.")
                : "Every event that was accepted is readable.");
        }

        if (status.Rejected is { Count: > 0 } rejected)
        {
            answer.Table(
                ["rejected in the last hour", "events"],
                rejected.Select(static pair => new[] { pair.Key, pair.Value.ToString(CultureInfo.InvariantCulture) }));
        }

        if (status.Stores.Count > 0)
        {
            answer.Table(
                ["most of what comes in is of store", "share", "records a second", "partition"],
                status.Stores.Select(static store => new[]
                {
                    store.StoreId, store.Share.ToString("P0", CultureInfo.InvariantCulture), store.RecordsPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
                    store.Partition.ToString(CultureInfo.InvariantCulture),
                }));
        }

        await answer.LineAsync(status.Problems.Count == 0 ? "Nothing is wrong." : "What is wrong:");
        foreach (var problem in status.Problems)
            await answer.LineAsync("  - " + problem);
    }

    private static void Write(Utf8JsonWriter writer, StageStatus stage)
    {
        writer.WriteStartObject();
        writer.WriteString("stage", stage.Stage);
        writer.WriteString("topic", stage.Topic);
        writer.WriteNumber("partitions", stage.Partitions);
        if (stage.Members is { } members)
            writer.WriteNumber("instances", members);
        writer.WriteNumber("lagRecords", stage.LagRecords);
        writer.WriteNumber("lagSeconds", Math.Round(stage.LagSeconds, 3));
        writer.WriteStartArray("stuck");
        foreach (var stuck in stage.Stuck)
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", stuck.Partition);
            writer.WriteNumber("offset", stuck.Offset);
            writer.WriteNumber("seconds", Math.Round(stuck.Seconds, 3));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
