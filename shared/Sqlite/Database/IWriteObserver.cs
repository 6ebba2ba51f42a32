namespace CustomEvents.Sqlite.Database;

/// <summary>Hears of the writer's transactions, on its thread: for what is kept in memory beside them.</summary>
internal interface IWriteObserver
{
    /// <summary>A transaction began: nobody else writes until it ends.</summary>
    void Begun(Connection connection);

    /// <summary>It is committed.</summary>
    void Committed();

    /// <summary>Nothing of it was written.</summary>
    void RolledBack();
}
