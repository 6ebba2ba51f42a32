using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CustomEvents.Events;
using CustomEvents.Operator.Output;
using CustomEvents.Operator.Replaying;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events rejections list | show | replay</c>.</summary>
internal static class RejectionsCommands
{
    public static Command Create(Act act) => new("rejections", "Events that were refused.") { List(act), Show(act), Replay(act) };

    private static (Option<string?> Store, Option<string?> Code, Option<string?> Since) Filters() => (
        new Option<string?>("--store") { Description = "Only this store's.", HelpName = "STORE" },
        new Option<string?>("--code") { Description = "Only those of this code.", HelpName = "CODE" },
        Inputs.Since("Only those refused then or later."));

    private static RejectionFilter Filter(ParseResult parsed, (Option<string?> Store, Option<string?> Code, Option<string?> Since) filters) => new(
        parsed.GetValue(filters.Store),
        Inputs.Code(parsed.GetValue(filters.Code)),
        Inputs.Time(parsed.GetValue(filters.Since), "--since"));

    private static Command List(Act act)
    {
        var filters = Filters();
        var list = new Command("list", "Lists rejections, the newest first.") { filters.Store, filters.Code, filters.Since };
        act(list, async (parsed, session, cancellationToken) =>
        {
            var found = new List<Rejection>();
            await foreach (var rejection in session.Get<IRejectionStore>().ListAsync(Filter(parsed, filters), cancellationToken))
                found.Add(rejection with { Payload = default });
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("rejections");
                    foreach (var rejection in found)
                    {
                        writer.WriteStartObject();
                        writer.WriteRejectionMembers(rejection);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                });
            }
            else
            {
                session.Answer.Table(
                    ["rejected", "id", "store", "stage", "code", "pointer", "detail", "replayed"],
                    found.Select(static one => new[]
                    {
                        one.RejectedAt.Text(), one.Id, one.StoreId, one.Stage, one.Code.ToText(), one.Pointer, one.Detail, one.ReplayedAt?.Text(),
                    }));
            }

            return EventsCommandLine.Done;
        });
        return list;
    }

    private static Command Show(Act act)
    {
        var id = new Argument<string>("ID") { Description = "The rejection's id, as 'rejections list' shows it." };
        var payloadOnly = new Option<string?>("--payload-only")
        {
            Description = "Write the original bytes as they are, and nothing else, to FILE; - is stdout. Without it, control characters in them are shown as \\uXXXX.",
            HelpName = "FILE",
        };
        var show = new Command("show", "Shows one rejection with its headers and the original bytes.") { id, payloadOnly };
        act(show, async (parsed, session, cancellationToken) =>
        {
            if (await session.Get<IRejectionStore>().FindAsync(parsed.GetRequiredValue(id), cancellationToken) is not { } rejection)
                return await session.FailAsync($"There is no rejection '{parsed.GetRequiredValue(id)}'. 'events rejections list' shows those that there are; they are kept for 30 days.");
            if (parsed.GetValue(payloadOnly) is { } file)
                return await WritePayloadAsync(session, file, rejection.Payload, cancellationToken);
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteRejectionMembers(rejection);
                    writer.WriteStartArray("headers");
                    foreach (var header in rejection.Headers)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("key", header.Key);
                        writer.WriteString("value", header.Value is null ? null : Encoding.UTF8.GetString(header.Value));
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    // Bytes that are no text are told so that a script can restore them.
                    if (Utf8.IsValid(rejection.Payload.Span))
                        writer.WriteString("payload", Encoding.UTF8.GetString(rejection.Payload.Span));
                    else
                        writer.WriteBase64String("payloadBase64", rejection.Payload.Span);
                    writer.WriteEndObject();
                });
                return EventsCommandLine.Done;
            }

            session.Answer.Table(["what", "value"], new (string, string?)[]
            {
                ("id", rejection.Id), ("store", rejection.StoreId), ("event", rejection.EventId.ToString("D")), ("stage", rejection.Stage),
                ("code", rejection.Code.ToText()), ("pointer", rejection.Pointer), ("detail", rejection.Detail),
                ("rejected", rejection.RejectedAt.Text()), ("replayed", rejection.ReplayedAt?.Text()),
                ("source", string.Create(CultureInfo.InvariantCulture, $"{rejection.SourceTopic} {rejection.SourcePartition} {rejection.SourceOffset}").TrimEnd()),
            }.Select(static pair => new[] { pair.Item1, pair.Item2 }));
            session.Answer.Table(
                ["header", "value"],
                rejection.Headers.Select(static header => new[] { header.Key, header.Value is null ? null : Encoding.UTF8.GetString(header.Value) }));
            await session.Answer.LineAsync(Encoding.UTF8.GetString(rejection.Payload.Span));
            if (!Utf8.IsValid(rejection.Payload.Span))
                await session.NoteAsync($"The payload is no text. Its bytes: events rejections show {rejection.Id} --payload-only FILE");
            return EventsCommandLine.Done;
        });
        return show;
    }

    private static async Task<int> WritePayloadAsync(Session session, string file, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            await using var output = file == "-" ? Console.OpenStandardOutput() : File.Create(file);
            await output.WriteAsync(payload, cancellationToken);
            return EventsCommandLine.Done;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return await session.FailAsync($"'{file}' cannot be written: {refused.Message}");
        }
    }

    private static Command Replay(Act act)
    {
        var ids = new Argument<string[]>("ID") { Description = "Which; without any, all that the filters choose.", Arity = ArgumentArity.ZeroOrMore };
        var filters = Filters();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be sent again." };
        var wait = new Option<int>("--wait")
        {
            Description = "For how many seconds without news of a batch it waits before it stops; 0 sends everything without looking what becomes of it. Default 60.",
            HelpName = "SECONDS",
            DefaultValueFactory = static _ => 60,
        };
        var replay = new Command(
            "replay",
            "Sends rejections again after a fix, the oldest first, in batches of 100, and stops by itself when most of a batch is refused again or when nothing becomes of it.")
        {
            ids, filters.Store, filters.Code, filters.Since, dryRun, wait,
        };
        act(replay, async (parsed, session, cancellationToken) =>
        {
            var chosen = (parsed.GetValue(ids) ?? []).Distinct(StringComparer.Ordinal).ToList();
            var filter = Filter(parsed, filters);
            if (chosen.Count > 0 && filter != new RejectionFilter())
                throw new UsageException("Give either ids or filters, not both.");
            var seconds = parsed.GetValue(wait);
            if (seconds is < 0 or > 86_400)
                throw new UsageException($"--wait is {seconds}: give 0 to 86400 seconds.");
            var store = session.Get<IRejectionStore>();
            var isNamed = chosen.Count > 0;
            if (!isNamed)
            {
                await foreach (var rejection in store.ListAsync(filter, cancellationToken))
                    chosen.Add(rejection.Id);
                chosen.Reverse();
            }

            var isDryRun = parsed.GetValue(dryRun);
            var time = session.Get<TimeProvider>();
            var watch = new ReplayWatch(session.Get<IEventStore>(), store, session.Get<ILogInspector>(), session.Get<TopicNames>(), time);
            var result = await new RejectionReplay(
                store, session.Get<ILogWriter>(), watch, session.Get<TopicNames>(), TimeSpan.FromSeconds(seconds), time)
                .RunAsync(chosen, isDryRun, session.NoteAsync, cancellationToken);
            await AnswerAsync(session, result, isDryRun);
            if (result.Failure is { } failure)
                return await session.FailAsync(failure);
            return isNamed && result.Replayed.Count == 0
                ? await session.FailAsync($"None of those that were named can be sent again ({(session.Answer.IsJson ? "'skipped'" : "above")} says why of each). 'events rejections list' shows those that there are and which were replayed.")
                : EventsCommandLine.Done;
        });
        return replay;
    }

    private static async Task AnswerAsync(Session session, ReplayResult result, bool isDryRun)
    {
        if (session.Answer.IsJson)
        {
            await session.Answer.JsonAsync(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("dryRun", isDryRun);
                writer.WriteNumber("replayed", result.Replayed.Count);
                writer.WriteNumber("stored", result[ReplayFate.Stored]);
                writer.WriteNumber("duplicates", result[ReplayFate.Duplicate]);
                writer.WriteNumber("rejectedAgain", result[ReplayFate.RejectedAgain]);
                writer.WriteNumber("notKnown", result[ReplayFate.Unknown]);
                writer.WriteString("stopped", result.Failure);
                writer.WriteStartArray("ids");
                foreach (var id in result.Replayed)
                    writer.WriteStringValue(id);
                writer.WriteEndArray();
                writer.WriteStartArray("skipped");
                foreach (var (id, reason) in result.Skipped)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", id);
                    writer.WriteString("reason", reason);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        foreach (var (id, reason) in result.Skipped)
            await session.NoteAsync($"{id} is left out: {reason}.");
        await session.Answer.LineAsync(isDryRun
            ? $"{result.Replayed.Count} would be sent again, {result.Skipped.Count} left out."
            : $"{RejectionReplay.Told(result)} {result.Skipped.Count} left out.");
    }
}
