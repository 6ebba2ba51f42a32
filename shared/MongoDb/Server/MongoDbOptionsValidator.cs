using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Server;

/// <summary>Finds wrong settings when a service starts, and says what to do; never shows a password.</summary>
internal sealed partial class MongoDbOptionsValidator : IValidateOptions<MongoDbOptions>
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\. \"$*<>:|?\0");

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, MongoDbOptions options)
    {
        var problems = new List<string>();
        try
        {
            _ = MongoClientSettings.FromConnectionString(options.ConnectionString);
        }
        catch (Exception unreadable) when (unreadable is MongoException or ArgumentException or FormatException or InvalidOperationException or TimeoutException)
        {
            problems.Add(
                $"MongoDb:ConnectionString is \"{Redact(options.ConnectionString)}\", which is no MongoDB connection string. "
                + "Give one such as mongodb://user:password@host:27017/?replicaSet=rs0 (environment variable MongoDb__ConnectionString).");
        }

        if (options.Database.Length == 0 || Encoding.UTF8.GetByteCount(options.Database) > 63 || options.Database.AsSpan().ContainsAny(Refused))
        {
            problems.Add(
                $"MongoDb:Database is \"{options.Database}\", which MongoDB takes for no database. "
                + "Give a name of 1 to 63 bytes without any of /\\. \"$*<>:|? (environment variable MongoDb__Database).");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>The connection string without its credentials' secret.</summary>
    internal static string Redact(string? connectionString) => Password().Replace(connectionString ?? "", "$1***@");

    // Up to the last @: a password that was not percent-encoded may hold an @ or a slash.
    [GeneratedRegex("(://[^:@/]*:).*@")]
    private static partial Regex Password();
}
