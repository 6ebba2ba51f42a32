using CustomEvents.Operator.Output;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Operator;

/// <summary>What one command works with: the deployment's ports, where its answer goes, and where everything else goes.</summary>
internal sealed class Session(IServiceProvider services, Answer answer, TextWriter error)
{
    public Answer Answer { get; } = answer;

    public DateTime Now => Get<TimeProvider>().GetUtcNow().UtcDateTime;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Tells something beside the answer.</summary>
    public Task NoteAsync(string text) => error.WriteLineAsync(TerminalText.Of(text, keepLines: true));

    /// <summary>Lets something draw where notes go.</summary>
    public Task WatchAsync(Func<TextWriter, Task> show) => show(error);

    /// <summary>Tells why it was not done.</summary>
    public async Task<int> FailAsync(string text)
    {
        await NoteAsync(text);
        return EventsCommandLine.Failed;
    }
}
