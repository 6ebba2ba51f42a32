namespace CustomEvents.Sqlite;

/// <summary>What a process does with a data folder.</summary>
internal enum FolderUse
{
    /// <summary>It is the pipeline: alone, kept by the lock.</summary>
    Pipeline,

    /// <summary>It is an operator's command, beside a pipeline or without one.</summary>
    Operator,
}
