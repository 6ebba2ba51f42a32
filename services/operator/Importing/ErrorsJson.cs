using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CustomEvents.Events;

namespace CustomEvents.Operator.Importing;

/// <summary>Errors as the API writes them: an array of <c>{pointer, code, detail}</c>, on one line.</summary>
internal static class ErrorsJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One error.</summary>
    public static string Of(EventError error) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("pointer", error.Pointer);
        json.WriteString("code", error.Code.ToText());
        json.WriteString("detail", error.Detail);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>Errors that the API told of the request, their pointers into the event where they begin with its own.</summary>
    public static string Of(IEnumerable<JsonElement> errors, string pointerPrefix = "") => Write(json =>
    {
        json.WriteStartArray();
        foreach (var error in errors)
        {
            json.WriteStartObject();
            foreach (var member in error.EnumerateObject())
            {
                if (member.NameEquals("pointer") && member.Value.ValueKind == JsonValueKind.String && member.Value.GetString()!.StartsWith(pointerPrefix, StringComparison.Ordinal))
                    json.WriteString("pointer", member.Value.GetString()![pointerPrefix.Length..]);
                else
                    member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
