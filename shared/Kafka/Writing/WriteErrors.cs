using Confluent.Kafka;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Writing;

/// <summary>What a client's error means to who appends.</summary>
internal static class WriteErrors
{
    public static LogWriteFailure Classify(Error error)
    {
        if (error.IsFatal)
            return LogWriteFailure.Fatal;
        return error.Code switch
        {
            ErrorCode.Local_Fatal or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight => LogWriteFailure.Fatal,
            // What an idempotent producer fails for good with: reports of records may bear it before the failure itself is told.
            ErrorCode.OutOfOrderSequenceNumber or ErrorCode.InvalidProducerEpoch or ErrorCode.UnknownProducerId
                or ErrorCode.InvalidProducerIdMapping => LogWriteFailure.Fatal,
            ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidRecord => LogWriteFailure.RecordRefused,
            _ => LogWriteFailure.Unavailable,
        };
    }
}
