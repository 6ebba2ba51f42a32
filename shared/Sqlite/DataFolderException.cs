namespace CustomEvents.Sqlite;

/// <summary>
/// The data folder cannot be used as it is (another pipeline has it, it cannot be written, a file is damaged or of a newer version), and trying again
/// does not help. The message says what to do; a program shows it and ends with exit code 1.
/// </summary>
public sealed class DataFolderException(string message, Exception? innerException = null) : Exception(message, innerException);
