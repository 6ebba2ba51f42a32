namespace CustomEvents.Hosting.Settings;

/// <summary>A setting cannot be used; the message names it, its value and the remedy.</summary>
public sealed class SettingException(string message) : Exception(message);
