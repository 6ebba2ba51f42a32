using System.Text.Json;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>An event that has to be stored.</summary>
internal sealed record AuditEvent(string Name, string? UniqueId, AuditCustomer Customer, DateTime ReceivedAt, JsonElement Data);
