using System.Diagnostics;

namespace CustomEvents.Tests.Architecture;

/// <summary>Prometheus's own check of rules; a test that needs it is skipped where it is missing.</summary>
internal static class Promtool
{
    /// <summary>Runs it; what it says where it fails.</summary>
    public static void Succeeds(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill();
            Assert.Fail($"promtool {string.Join(' ', arguments)} did not end within 60 s.");
        }

        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, () => output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("This test needs promtool, which the package prometheus has, and there is none on the PATH.");
            throw;
        }
    }
}
