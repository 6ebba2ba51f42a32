using System.CommandLine;
using CustomEvents.Hosting.Settings;
using CustomEvents.Operator.Commands;
using CustomEvents.Operator.Output;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Operator;

/// <summary>
/// The command line <c>events</c>. Results go to stdout, everything else to stderr; it ends with 0 where the thing was done, 1 where it failed,
/// 2 where it was asked in a wrong way.
/// </summary>
internal sealed class EventsCommandLine(TextWriter output, TextWriter error, Action<IServiceCollection>? configure = null)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document, for scripts.", Recursive = true };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "The data folder of the embedded pipeline (Embedded__DataDirectory); without it, Kafka and MongoDB as the services' settings name them.",
        HelpName = "DIR",
        Recursive = true,
    };

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Runs and inspects the custom events pipeline.") { Json, Data };
        root.Add(StoresCommands.Create(Act));
        root.Add(KeysCommands.Create(Act));
        root.Add(StatusCommand.Create(Act));
        root.Add(TraceCommand.Create(Act));
        root.Add(CustomersCommands.Create(Act));
        root.Add(SegmentsCommand.Create(Act));
        root.Add(RejectionsCommands.Create(Act));
        root.Add(ImportCommand.Create(ActAlone));

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync("'events --help' and 'events COMMAND --help' show how it is asked.");
            return WrongUsage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    /// <summary>For a command that works on a deployment.</summary>
    private void Act(Command command, Func<ParseResult, Session, CancellationToken, Task<int>> action) =>
        Act(command, parsed => Deployment.Open(parsed.GetValue(Data), configure), action);

    /// <summary>For a command that is a client of the API and needs to reach nothing else.</summary>
    private void ActAlone(Command command, Func<ParseResult, Session, CancellationToken, Task<int>> action) =>
        Act(command, static _ => new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider(), action);

    private void Act(Command command, Func<ParseResult, ServiceProvider> open, Func<ParseResult, Session, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await using var services = open(parsed);
                return await action(parsed, new Session(services, new Answer(output, parsed.GetValue(Json)), error), cancellationToken);
            }
            catch (UsageException wrong)
            {
                await error.WriteLineAsync(wrong.Message);
                return WrongUsage;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await error.WriteLineAsync("Stopped before it was done.");
                return Failed;
            }
            catch (Exception failure) when (Explain(failure) is { } text)
            {
                await error.WriteLineAsync(text);
                return Failed;
            }
        });

    private static string? Explain(Exception failure) => failure switch
    {
        InfrastructureException or LogReadException or LogWriteException or SettingException => failure.Message,
        _ => StartFailures.Explain(failure)?.Replace("The service cannot start:", "The command cannot run:", StringComparison.Ordinal),
    };
}
