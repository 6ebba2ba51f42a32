using System.Text;
using System.Text.Json;
using CustomEvents.Operator;

namespace CustomEvents.Tests.Operator.Importing;

/// <summary>A file in a folder of its own, and runs of <c>events import</c> on it.</summary>
internal sealed class ImportRun : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    public string File => Path.Combine(_folder, "events.ndjson");

    public string Journal => File + ".import";

    public string Rejected => File + ".rejected.ndjson";

    public string Errors => File + ".rejected.errors.ndjson";

    public string Out { get; private set; } = "";

    public string Error { get; private set; } = "";

    public void Write(params string[] lines) => System.IO.File.WriteAllText(File, string.Concat(lines.Select(static line => line + "\n")));

    public void Write(IEnumerable<byte[]> parts) => System.IO.File.WriteAllBytes(File, [.. parts.SelectMany(static part => part)]);

    public async Task<int> RunAsync(string url, params string[] more)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await new EventsCommandLine(output, error).RunAsync(
            ["import", File, "--url", url, "--store", "shop", "--key", "ck_secret", .. more], CancellationToken.None);
        (Out, Error) = (output.ToString(), error.ToString());
        return code;
    }

    /// <summary>Runs it with <c>--json</c>: how many were accepted, and refused.</summary>
    public async Task<(int Code, long Accepted, long Rejected)> CountAsync(string url, params string[] more)
    {
        var code = await RunAsync(url, [.. more, "--json"]);
        var answer = JsonElement.Parse(Out);
        return (code, answer.GetProperty("accepted").GetInt64(), answer.GetProperty("rejected").GetInt64());
    }

    /// <summary>The numbers of the lines that were refused, with their codes.</summary>
    public string[] Reasons() =>
    [
        .. System.IO.File.ReadLines(Errors).Select(static line => JsonElement.Parse(line))
            .Select(static line => $"{line.GetProperty("line").GetInt64()} {string.Join(' ', line.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("pointer").GetString() + " " + error.GetProperty("code").GetString()))}"),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static string[] Lines(int count, string members = "") => [.. Enumerable.Range(0, count).Select(i => $$"""{"n":{{i}}{{members}}}""")];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
