namespace CustomEvents.Operator;

/// <summary>The command was asked in a wrong way: exit code 2. The message says what was wrong and what is right.</summary>
internal sealed class UsageException(string message) : Exception(message);
