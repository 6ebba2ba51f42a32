using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace CustomEvents.Hosting.Settings;

/// <summary>Says in a few lines what kept a service from starting, instead of a stack trace.</summary>
public static partial class StartFailures
{
    /// <summary>The text for people; null where the failure is none of the expected ones, and its stack trace is needed.</summary>
    public static string? Explain(Exception failure)
    {
        var problems = new List<string>();
        foreach (var one in Flatten(failure))
        {
            switch (one)
            {
                case OptionsValidationException invalid:
                    problems.AddRange(invalid.Failures);
                    break;
                case IOException { InnerException: AddressInUseException }:
                    problems.Add($"{TakenPort(one.Message)} is taken: set ASPNETCORE_URLS / INGEST_PORT to another, or stop what listens there.");
                    break;
                case InvalidOperationException when BindingFailure().IsMatch(one.Message):
                    var match = BindingFailure().Match(one.Message);
                    problems.Add($"{match.Groups["setting"].Value} is '{match.Groups["value"].Value}': give a value of the type {TypeName(match.Groups["type"].Value)}.");
                    break;
                // The project's own exceptions carry messages that say what to do.
                case { } own when own.GetType().Namespace?.StartsWith("CustomEvents.", StringComparison.Ordinal) == true:
                    problems.Add(own.Message);
                    break;
                default:
                    return null;
            }
        }

        return "The service cannot start:" + Environment.NewLine +
            string.Join(Environment.NewLine, problems.Distinct().Select(static problem => "  - " + problem));
    }

    private static IEnumerable<Exception> Flatten(Exception failure) =>
        failure is AggregateException many ? many.InnerExceptions.SelectMany(Flatten) : [failure];

    private static string TakenPort(string message) =>
        Port().Match(message) is { Success: true } match ? $"port {match.Groups[1].Value}" : "the address";

    private static string TypeName(string type) => type switch
    {
        "System.Int16" or "System.Int32" or "System.Int64" => "whole number",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "duration (hh:mm:ss)",
        "System.Double" or "System.Decimal" => "number",
        _ => type,
    };

    [GeneratedRegex(@"Failed to convert configuration value '(?<value>[^']*)' at '(?<setting>[^']+)' to type '(?:System\.Nullable`1\[)?(?<type>[^'\]]+)")]
    private static partial Regex BindingFailure();

    [GeneratedRegex(@":(\d+)(?:/|:|\s|$)")]
    private static partial Regex Port();
}
