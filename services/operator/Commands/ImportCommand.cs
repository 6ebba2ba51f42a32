using System.CommandLine;
using System.Globalization;
using CustomEvents.Operator.Importing;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events import</c>: a file of events, one a line, through the bulk endpoint.</summary>
internal static class ImportCommand
{
    /// <summary>The environment variable that may hold the key.</summary>
    private const string KeyVariable = "EVENTS_API_KEY";

    public static Command Create(Act act)
    {
        var file = new Argument<string>("FILE") { Description = "NDJSON: one event a line." };
        var url = new Option<string>("--url") { Description = "The API's address, such as http://127.0.0.1:8080", HelpName = "U", Required = true };
        var store = Inputs.Store();
        var key = new Option<string?>("--key") { Description = $"A key of the store. It shows in the list of processes: rather give --key-file or {KeyVariable}.", HelpName = "K" };
        var keyFile = new Option<string?>("--key-file") { Description = "A file that holds the key alone.", HelpName = "FILE" };
        var inFlight = new Option<int>("--in-flight")
        {
            Description = "How many requests at once. With 1 the events keep the file's order; with more, requests may overtake each other. Default 4.",
            HelpName = "N",
            DefaultValueFactory = static _ => 4,
        };
        var patience = new Option<int>("--patience")
        {
            Description = "For how many seconds it keeps trying while the API takes nothing. Default 600.",
            HelpName = "SECONDS",
            DefaultValueFactory = static _ => 600,
        };
        var startOver = new Option<bool>("--start-over") { Description = "Forget what an earlier run of this file noted, and overwrite what it wrote beside it." };
        var import = new Command(
            "import",
            "Sends a file of events through the bulk endpoint. Killed or stopped, it goes on where it was when it is run again, and stores nothing twice. What is refused is written to FILE.rejected.ndjson, and why to FILE.rejected.errors.ndjson.")
        {
            file, url, store, key, keyFile, inFlight, patience, startOver,
        };
        act(import, async (parsed, session, cancellationToken) =>
        {
            var request = new ImportRequest(
                parsed.GetRequiredValue(file),
                Url(parsed.GetRequiredValue(url)),
                Inputs.StoreId(parsed.GetRequiredValue(store)),
                Key(parsed.GetValue(key), parsed.GetValue(keyFile)),
                Between(parsed.GetValue(inFlight), 1, 64, "--in-flight"),
                TimeSpan.FromSeconds(Between(parsed.GetValue(patience), 1, 86_400, "--patience")),
                parsed.GetValue(startOver));
            var time = session.Get<TimeProvider>();
            var figures = new ImportFigures(time);
            var since = time.GetTimestamp();
            string? stop;
            try
            {
                var work = new FileImport(request, figures, time).RunAsync(cancellationToken);
                await session.WatchAsync(error => ImportProgress.ShowAsync(error, figures, work, time));
                stop = await work;
            }
            catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
            {
                stop = unusable.Message;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                stop = "Stopped. Run the same again to go on.";
            }

            await AnswerAsync(session, request, figures, time.GetElapsedTime(since), stop);
            if (stop is not null)
                return await session.FailAsync(stop);
            if (figures is { Accepted: 0, Rejected: > 0 })
                return await session.FailAsync("Nothing was accepted.");
            return EventsCommandLine.Done;
        });
        return import;
    }

    private static async Task AnswerAsync(Session session, ImportRequest request, ImportFigures figures, TimeSpan took, string? stop)
    {
        if (session.Answer.IsJson)
        {
            await session.Answer.JsonAsync(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", request.File);
                writer.WriteString("storeId", request.Store);
                writer.WriteBoolean("complete", stop is null);
                writer.WriteNumber("accepted", figures.Accepted);
                writer.WriteNumber("rejected", figures.Rejected);
                writer.WriteString("rejectedFile", figures.Rejected > 0 ? request.RejectedFile : null);
                writer.WriteString("errorsFile", figures.Rejected > 0 ? request.ErrorsFile : null);
                writer.WriteNumber("seconds", Math.Round(took.TotalSeconds, 3));
                writer.WriteString("stopped", stop);
                writer.WriteEndObject();
            });
            return;
        }

        await session.Answer.LineAsync(string.Create(CultureInfo.InvariantCulture, $"{figures.Accepted} accepted, {figures.Rejected} refused, in {took.TotalSeconds:0.0} s."));
        if (figures.WasDoneBefore)
            await session.NoteAsync("This file was imported before, and nothing was sent. --start-over sends it again; what was accepted is not stored twice.");
        if (figures.Rejected > 0)
            await session.NoteAsync($"What was refused is in {request.RejectedFile}, and why in {request.ErrorsFile}. Mend the former, and import it.");
    }

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw new UsageException($"--url is '{text}': give the API's address, such as http://127.0.0.1:8080");

    private static string Key(string? given, string? file)
    {
        if (given is not null && file is not null)
            throw new UsageException("Give one of --key and --key-file.");
        string key;
        try
        {
            key = (given ?? (file is null ? Environment.GetEnvironmentVariable(KeyVariable) : File.ReadAllText(file)) ?? "").Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--key-file cannot be read: {unreadable.Message}");
        }

        // What is no token would be refused by the client with the key in its message.
        return key.Length > 0 && key.All(static c => c is > ' ' and <= '~')
            ? key
            : throw new UsageException($"There is no key, or it is not one of visible ASCII characters: give --key-file FILE, {KeyVariable} or --key K. 'events keys create --store STORE' makes one.");
    }

    private static int Between(int value, int least, int most, string option) => value >= least && value <= most
        ? value
        : throw new UsageException($"{option} is {value}: give {least} to {most}.");
}
