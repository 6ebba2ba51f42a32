using System.CommandLine;
using System.Globalization;
using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events status</c>: how far behind each stage is, what was refused, and what is wrong.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(10);
    private const double LateSeconds = 60;

    public static Command Create(Act act)
    {
        var status = new Command("status", "Shows how far behind each stage is, what was refused in the last hour, and what is wrong.");
        act(status, async (_, session, cancellationToken) =>
        {
            var problems = new List<string>();
            foreach (var dependency in session.Get<IServiceProvider>().GetServices<IDependency>())
            {
                if (await CheckAsync(dependency, session, cancellationToken) is { } problem)
                    problems.Add($"{dependency.Name}: {problem}");
            }

            var topics = session.Get<TopicNames>();
            var stages = new List<StageLag>();
            foreach (var (stage, topic) in new[] { ("normalizer", topics.Raw), ("persister", topics.Normalized), ("rejections", topics.Rejected) })
            {
                if (await LagAsync(stage, topic, session, problems, cancellationToken) is { } lag)
                    stages.Add(lag);
            }

            var rejected = await RejectedAsync(session, problems, cancellationToken);
            if (session.Answer.IsJson)
                await WriteAsync(session, stages, rejected, problems);
            else
                await TellAsync(session, stages, rejected, problems);
            return EventsCommandLine.Done;
        });
        return status;
    }

    private static async Task<string?> CheckAsync(IDependency dependency, Session session, CancellationToken cancellationToken)
    {
        try
        {
            return await dependency.CheckAsync(cancellationToken).WaitAsync(CheckLimit, session.Get<TimeProvider>(), cancellationToken);
        }
        catch (InfrastructureException away)
        {
            return away.Message;
        }
        catch (TimeoutException)
        {
            return $"does not answer within {CheckLimit.TotalSeconds:0} s";
        }
    }

    private static async Task<StageLag?> LagAsync(
        string stage, string topic, Session session, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            var progress = await session.Get<ILogInspector>().ProgressAsync(TopicNames.Group(stage, topic), topic, cancellationToken);
            var oldest = progress.Min(static one => one.OldestUnfinished);
            var seconds = oldest is { } time ? Math.Max(0, (session.Now - time).TotalSeconds) : 0;
            var lag = new StageLag(stage, topic, progress.Sum(static one => one.Lag), seconds, progress.Count);
            if (lag.Records > 0 && lag.Seconds > LateSeconds)
            {
                problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage} is {lag.Seconds:0} s behind ({lag.Records} records of {topic}): see that it runs, and what its /healthz/ready says; add instances where it is busy."));
            }

            return lag;
        }
        catch (Exception failure) when (failure is InfrastructureException or LogReadException)
        {
            problems.Add($"{stage}: {failure.Message}");
            return null;
        }
    }

    private static async Task<SortedDictionary<string, int>> RejectedAsync(Session session, List<string> problems, CancellationToken cancellationToken)
    {
        var byCode = new SortedDictionary<string, int>(StringComparer.Ordinal);
        try
        {
            var filter = new RejectionFilter(Since: session.Now - TimeSpan.FromHours(1));
            await foreach (var rejection in session.Get<IRejectionStore>().ListAsync(filter, cancellationToken))
            {
                var code = rejection.Code.ToText();
                byCode[code] = byCode.GetValueOrDefault(code) + 1;
            }
        }
        catch (InfrastructureException away)
        {
            problems.Add($"rejections cannot be counted: {away.Message}");
        }

        return byCode;
    }

    private static Task WriteAsync(Session session, List<StageLag> stages, SortedDictionary<string, int> rejected, List<string> problems) =>
        session.Answer.JsonAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("stages");
            foreach (var stage in stages)
            {
                writer.WriteStartObject();
                writer.WriteString("stage", stage.Stage);
                writer.WriteString("topic", stage.Topic);
                writer.WriteNumber("partitions", stage.Partitions);
                writer.WriteNumber("lagRecords", stage.Records);
                writer.WriteNumber("lagSeconds", Math.Round(stage.Seconds, 3));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartObject("rejectedLastHour");
            foreach (var (code, count) in rejected)
                writer.WriteNumber(code, count);
            writer.WriteEndObject();
            writer.WriteStartArray("problems");
            foreach (var problem in problems)
                writer.WriteStringValue(problem);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    private static async Task TellAsync(Session session, List<StageLag> stages, SortedDictionary<string, int> rejected, List<string> problems)
    {
        session.Answer.Table(
            ["stage", "topic", "records behind", "seconds behind"],
            stages.Select(static one => new[]
            {
                one.Stage, one.Topic, one.Records.ToString(CultureInfo.InvariantCulture), one.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
            }));
        if (rejected.Count > 0)
        {
            session.Answer.Table(
                ["rejected in the last hour", "events"],
                rejected.Select(static pair => new[] { pair.Key, pair.Value.ToString(CultureInfo.InvariantCulture) }));
        }

        await session.Answer.LineAsync(problems.Count == 0 ? "Nothing is wrong." : "What is wrong:");
        foreach (var problem in problems)
            await session.Answer.LineAsync("  - " + problem);
    }

    private sealed record StageLag(string Stage, string Topic, long Records, double Seconds, int Partitions);
}
