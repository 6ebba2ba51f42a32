using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>A log with one fresh topic, opened for one test.</summary>
public sealed class LogUnderTest(
    ILogWriter writer, ILogReaderFactory readers, ILogInspector inspector, string topic, int partitions, Func<ValueTask> close) : IAsyncDisposable
{
    public ILogWriter Writer { get; } = writer;

    public ILogReaderFactory Readers { get; } = readers;

    public ILogInspector Inspector { get; } = inspector;

    public string Topic { get; } = topic;

    public int Partitions { get; } = partitions;

    public OutgoingRecord Record(string key, string value, params RecordHeader[] headers) =>
        new(Topic, Bytes.Of(key), Bytes.Of(value), headers);

    public Task AppendAsync(params OutgoingRecord[] records) => Writer.AppendAsync(records, CancellationToken.None);

    public GroupMember Join(string group) => new(Readers, group, Topic);

    public ValueTask DisposeAsync() => close();
}
