using System.Net.Sockets;
using CustomEvents.Events;
using CustomEvents.Pipeline;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Server;

/// <summary>
/// What the driver throws, as the ports say it. What is neither the infrastructure's nor a document's size stays as it is: the stage
/// runner then looks for the record that causes it, where a translation would have it repeat for ever.
/// </summary>
internal static class MongoFaults
{
    private static readonly HashSet<int> DuplicateKey = [11000, 11001, 12582];

    // BSONObjectTooLarge, and an update that makes a document too large.
    private static readonly HashSet<int> TooLarge = [10334, 17419, 17420];

    // By MongoDB's error codes: elections and shutdown, time limits, permissions, space, write concern, interrupted or lost cursors, lock and write conflicts.
    private static readonly HashSet<int> Infrastructure =
    [
        6, 7, 11, 13, 18, 24, 33, 43, 46, 50, 63, 64, 70, 74, 79, 89, 91, 95, 100, 101, 112, 133, 134, 150, 175, 189, 202, 211, 234, 237, 246, 262, 279, 290, 311, 317,
        358, 371, 384, 391, 8000, 9001, 10003, 10058, 10107, 11600, 11601, 11602, 12501, 13388, 13435, 13436, 14031, 17280, 28655,
    ];

    /// <summary>Whether a bulk write failed in nothing but duplicate keys.</summary>
    public static bool OnlyDuplicates<T>(MongoBulkWriteException<T> failed) =>
        failed.WriteConcernError is null && failed.WriteErrors.Count > 0
        && failed.WriteErrors.All(error => DuplicateKey.Contains(error.Code));

    /// <summary>
    /// The indexes of documents that failed on a duplicate key, from the answer to an insert. An answer that is no success, or has an error of the
    /// write concern, is thrown by the driver.
    /// </summary>
    /// <exception cref="WriteErrorsException">A document failed on something else.</exception>
    public static IReadOnlyList<int> Duplicates(BsonDocument answer)
    {
        var errors = WriteErrors(answer);
        if (errors.FirstOrDefault(error => !DuplicateKey.Contains(error["code"].ToInt32())) is { } other)
            throw new WriteErrorsException(Codes(errors), other["errmsg"].AsString);
        return [.. errors.Select(error => error["index"].ToInt32())];
    }

    /// <summary>How many updates found a document, from the answer to them; errors are thrown as by <see cref="Duplicates"/>.</summary>
    /// <exception cref="WriteErrorsException">An update failed.</exception>
    public static int Found(BsonDocument answer)
    {
        if (WriteErrors(answer) is { Count: > 0 } errors)
            throw new WriteErrorsException(Codes(errors), errors[0]["errmsg"].AsString);
        return answer["n"].ToInt32();
    }

    /// <summary>The port's exception for what was thrown; null where it stays as it is.</summary>
    public static Exception? Translate(Exception thrown, string what, bool limitReached)
    {
        if (thrown is InfrastructureException or RecordFaultException)
            return null;
        if (limitReached && thrown is OperationCanceledException)
        {
            return new InfrastructureException(
                $"{what}: no answer within {MongoDatabase.CallLimit.TotalSeconds:0} s. Look whether the server hangs, is overloaded, or cannot reach a majority.", thrown);
        }

        if (Codes(thrown).Any(TooLarge.Contains) || IsTooLargeForDriver(thrown))
            return new RecordFaultException(ErrorCode.TooLarge, $"{what}: a document would be larger than the 16 MiB that MongoDB stores.", thrown);
        if (thrown is TimeoutException)
        {
            // The driver's own message is its view of the whole cluster, stack traces included.
            return new InfrastructureException(
                $"{what}: no server that takes writes was reached in time. Look whether it runs, whether the address is right, and whether the replica set has a primary.", thrown);
        }

        return IsInfrastructure(thrown) ? new InfrastructureException($"{what}: {Describe(thrown)}", thrown) : null;
    }

    // The messages of failed writes quote duplicate keys, e-mail addresses among them, and what this says is logged.
    private static string Describe(Exception thrown) => thrown switch
    {
        MongoBulkWriteException bulk => Describe(bulk.WriteErrors.Select(error => error.Code), bulk.WriteConcernError),
        MongoWriteException write => Describe(Codes(write), write.WriteConcernError),
        WriteErrorsException errors => Describe(errors.Codes, null),
        _ => thrown.Message,
    };

    private static string Describe(IEnumerable<int> codes, WriteConcernError? concern)
    {
        var failed = string.Join(", ", codes.Distinct().Order());
        return (failed.Length == 0 ? "" : $"writes failed with the codes {failed}. ") + (concern is null ? "" : $"Write concern: {concern.Message} (code {concern.Code}).");
    }

    private static bool IsInfrastructure(Exception thrown) => thrown switch
    {
        MongoConnectionException or MongoConnectionPoolPausedException or MongoWaitQueueFullException or MongoExecutionTimeoutException
            or MongoNotPrimaryException or MongoNodeIsRecoveringException or MongoIncompatibleDriverException or MongoConfigurationException
            or MongoCursorNotFoundException or MongoClientException => true,
        IOException or SocketException => true,
        MongoWriteException { WriteConcernError: not null } or MongoWriteConcernException => true,
        MongoBulkWriteException { WriteConcernError: not null } => true,
        MongoException mongo when mongo.HasErrorLabel("RetryableWriteError") || mongo.HasErrorLabel("TransientTransactionError") => true,
        _ => Codes(thrown).Any(Infrastructure.Contains),
    };

    private static IEnumerable<int> Codes(Exception thrown) => thrown switch
    {
        MongoBulkWriteException bulk => bulk.WriteErrors.Select(error => error.Code),
        MongoWriteException { WriteError: { } error } => [error.Code],
        WriteErrorsException errors => errors.Codes,
        MongoCommandException command => [command.Code, .. Codes(WriteErrors(command.Result))],
        _ => [],
    };

    private static IReadOnlyList<int> Codes(BsonArray errors) => [.. errors.Select(error => error["code"].ToInt32())];

    private static BsonArray WriteErrors(BsonDocument? answer) =>
        answer is not null && answer.TryGetValue("writeErrors", out var errors) ? errors.AsBsonArray : [];

    private static bool IsTooLargeForDriver(Exception thrown) =>
        thrown is FormatException or BsonSerializationException && thrown.Message.Contains("MaxDocumentSize", StringComparison.Ordinal);
}
