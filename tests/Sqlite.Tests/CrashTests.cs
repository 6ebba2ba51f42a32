using System.Diagnostics;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class CrashTests
{
    private string _path = null!;

    [SetUp]
    public void Make() => _path = OpenFolder.NewPath();

    [TearDown]
    public void Delete() => Directory.Delete(_path, recursive: true);

    [Test]
    [CancelAfter(60_000)]
    public async Task What_was_acknowledged_is_there_after_the_process_was_killed(CancellationToken cancellationToken)
    {
        var acknowledged = new List<string>();
        for (var round = 0; round < 3; round++)
            acknowledged.AddRange(await AppendUntilKilledAsync(200 + (round * 150), cancellationToken));

        using var folder = OpenFolder.Pipeline(_path);
        var read = await folder.ReadAsync(AppendingProcess.Topic);
        // Each process counts from 1, so an append that was acknowledged three times has to be there three times.
        var missing = acknowledged.CountBy(value => value)
            .Where(each => read.Count(value => value == each.Key) < each.Value).Select(each => each.Key).ToList();
        Assert.That(missing, Is.Empty, $"{acknowledged.Count} were acknowledged, {read.Count} are there");
    }

    private async Task<List<string>> AppendUntilKilledAsync(int count, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(AppendingProcess).Assembly.Location);
        start.ArgumentList.Add(_path);
        using var process = Process.Start(start)!;
        try
        {
            var acknowledged = new List<string>();
            while (acknowledged.Count < count && await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
                acknowledged.Add(line);
            process.Kill();
            // What it had told before it died counts, too.
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
                acknowledged.Add(line);
            Assert.That(acknowledged, Has.Count.GreaterThanOrEqualTo(count), "the process ended by itself");
            return acknowledged;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
