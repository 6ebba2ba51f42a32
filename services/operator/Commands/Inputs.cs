using System.CommandLine;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary>Reads what was given on the command line; what is malformed is wrong usage, and says what is right.</summary>
internal static class Inputs
{
    public static Option<string> Store() => new("--store") { Description = "The store.", HelpName = "STORE", Required = true };

    public static Option<string?> Since(string description) => new("--since") { Description = description, HelpName = "T" };

    public static string StoreId(string text) => Events.StoreId.IsValid(text.AsSpan())
        ? text
        : throw new UsageException($"'{text}' is no id of a store: give 1 to 64 of A-Z a-z 0-9 _ -");

    public static DateTime? Time(string? text, string option)
    {
        if (text is null)
            return null;
        return Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var utc)
            ? utc
            : throw new UsageException($"{option} is '{text}': give an RFC 3339 time, such as 2026-04-02T12:00:00Z.");
    }

    public static Guid EventId(string text) => EventIds.TryParse(Encoding.UTF8.GetBytes(text), out var id)
        ? id
        : throw new UsageException($"--event-id is '{text}': give the event's id as 8-4-4-4-12 hexadecimal digits.");

    public static ErrorCode? Code(string? text)
    {
        if (text is null)
            return null;
        return ErrorCodes.TryParse(text, out var code)
            ? code
            : throw new UsageException($"--code is '{text}': give one of {string.Join(", ", Enum.GetValues<ErrorCode>().Select(static one => one.ToText()))}.");
    }

    public static Identifier Customer(string store, string? id, string? email, string? phone) => (id, email, phone) switch
    {
        ({ } given, null, null) when CustomerId.TryParse(given, out var parsed) => new Identifier(store, IdentifierKind.Id, parsed.ToString()),
        ({ } given, null, null) => throw new UsageException($"--id is '{given}': give 24 hexadecimal digits."),
        (null, { } given, null) => new Identifier(store, IdentifierKind.Email, given.Trim().ToLowerInvariant()),
        (null, null, { } given) => new Identifier(store, IdentifierKind.PhoneNumber, given),
        _ => throw new UsageException("Name the customer by one of --id, --email and --phone."),
    };
}
