using CustomEvents.Operator;

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
return await new EventsCommandLine(Console.Out, Console.Error).RunAsync(args, end.Token);
