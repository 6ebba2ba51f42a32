using System.Globalization;

namespace CustomEvents.Operator.Status;

/// <summary>What is wrong with the stages, and what to do about it.</summary>
internal static class StageProblems
{
    private const double LateSeconds = 60;
    private const double HotShare = 0.5;

    /// <summary>One sentence or two for each thing that is wrong, in the order of the data.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<StageStatus> stages, IReadOnlyList<StoreLoad> stores)
    {
        foreach (var stage in stages)
        {
            if (stage.Members == 0)
                yield return Stopped(stage);
            else if (stage.Stuck.Count > 0)
                yield return Stuck(stage);
            else if (IsLate(stage))
                yield return Late(stage);
        }

        // A store that has nearly all the traffic is no trouble as long as its lane keeps up, and none of its making where a stage does not work.
        if (stages.Any(static stage => stage.Members != 0 && stage.Stuck.Count == 0 && IsLate(stage)) && stores is [{ Share: >= HotShare } hot, ..])
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Store {hot.StoreId} makes up {hot.Share:P0} of what comes in (about {hot.RecordsPerSecond:0} records a second), all in partition {hot.Partition}: one lane does them one batch after the other, and more instances do not help. See docs/operations.md, \"A hot store\".");
        }
    }

    private static bool IsLate(StageStatus stage) => stage.LagRecords > 0 && stage.LagSeconds > LateSeconds;

    private static string Stopped(StageStatus stage) => string.Create(
        CultureInfo.InvariantCulture,
        $"{stage.Stage} is stopped: nobody reads {stage.Topic}{Waiting(stage)}. Start {Service(stage)}, or see in its log why it does not get to work; nothing is lost meanwhile.");

    private static string Stuck(StageStatus stage)
    {
        var where = string.Join(", ", stage.Stuck.Select(static one => string.Create(
            CultureInfo.InvariantCulture, $"{one.Partition} (at offset {one.Offset}, received {Age(one.Seconds)} ago)")));
        return $"{stage.Stage} does not get on in partition {where} of {stage.Topic}. The /healthz/ready of {Service(stage)} says what its lane waits for, and its log since when.";
    }

    private static string Late(StageStatus stage) => string.Create(
        CultureInfo.InvariantCulture,
        $"{stage.Stage} is {Age(stage.LagSeconds)} behind ({stage.LagRecords} records of {stage.Topic}) and getting on. If it does not catch up, start more instances of {Service(stage)} (at most {stage.Partitions} work), or see what MongoDB is busy with.");

    private static string Waiting(StageStatus stage) => stage.LagRecords == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {stage.LagRecords} records wait, the oldest since {Age(stage.LagSeconds)}");

    /// <summary>The persister keeps the list of rejections as well.</summary>
    private static string Service(StageStatus stage) => stage.Stage == StatusReader.Normalizer ? "the normalizer" : "the persister";

    private static string Age(double seconds) => seconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min");
}
