namespace CustomEvents.Operator.Status;

/// <summary>How much of what comes in now is of one store.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="Partition">The partition of the raw topic that most of its records are in.</param>
/// <param name="Share">Its share of all records, from 0 to 1.</param>
/// <param name="RecordsPerSecond">About how many a second.</param>
internal sealed record StoreLoad(string StoreId, int Partition, double Share, double RecordsPerSecond);
