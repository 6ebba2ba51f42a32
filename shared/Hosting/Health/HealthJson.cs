using System.Text.Json;
using System.Text.Json.Serialization;

namespace CustomEvents.Hosting.Health;

/// <summary>How the answers of health are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
