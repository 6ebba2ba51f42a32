using System.CommandLine;
using CustomEvents.Operator.Output;
using CustomEvents.Operator.Status;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events status</c>: how far behind each stage is, what was refused, and what is wrong.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static Command Create(Act act)
    {
        var watch = new Option<bool>("--watch") { Description = "Look again every 2 s until Ctrl-C: in place on a terminal, else one below the other; with --json a document a line." };
        var status = new Command("status", "Shows how far behind each stage is, what was refused in the last hour, which stores come in most, and what is wrong and what to do.") { watch };
        act(status, async (parsed, session, cancellationToken) =>
        {
            var reader = new StatusReader(
                session.Get<IServiceProvider>().GetServices<IDependency>(), session.Get<ILogInspector>(), session.Get<IRejectionStore>(), session.Get<TopicNames>(),
                session.Get<TimeProvider>());
            if (parsed.GetValue(watch))
                await WatchAsync(reader, session, cancellationToken);
            else
                await ShowAsync(session.Answer, await reader.ReadAsync(cancellationToken));
            return EventsCommandLine.Done;
        });
        return status;
    }

    private static Task ShowAsync(Answer answer, PipelineStatus status) =>
        answer.IsJson ? answer.JsonAsync(writer => StatusView.Write(writer, status)) : StatusView.TellAsync(answer, status);

    private static async Task WatchAsync(StatusReader reader, Session session, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var status = await reader.ReadAsync(cancellationToken);
                if (session.Answer.IsJson)
                    await session.Answer.JsonLineAsync(writer => StatusView.Write(writer, status));
                else
                    await session.Answer.FrameAsync(status.At.Text(), answer => StatusView.TellAsync(answer, status));
                await Task.Delay(Interval, session.Get<TimeProvider>(), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // How a watch ends.
        }
    }
}
