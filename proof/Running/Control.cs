using System.Diagnostics;

namespace CustomEvents.Proof.Running;

/// <summary>Whoever can kill, start, pause and resume the servers: the command in <c>PROOF_CONTROL</c>, called as <c>COMMAND VERB NAME</c>.</summary>
internal sealed class Control(string command)
{
    /// <summary>Does something to a server and waits until it is done.</summary>
    /// <param name="verb"><c>kill</c> (at once), <c>stop</c> (in good order), <c>start</c>, <c>pause</c> (hangs without closing a connection), <c>resume</c>.</param>
    /// <param name="server"><c>mongo</c>, <c>registry</c>, <c>kafka1</c>, <c>kafka2</c>, …</param>
    public async Task DoAsync(string verb, string server)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{command} {verb} {server} >/dev/null"]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"\"{command} {verb} {server}\" ended with {process.ExitCode}.");
    }
}
