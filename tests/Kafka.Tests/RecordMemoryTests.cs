using System.Text;
using Confluent.Kafka;
using CustomEvents.Kafka.Reading;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Kafka;

public class RecordMemoryTests
{
    private static readonly int[] Sizes = [0, 1, 400, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1_048_576];

    [Test]
    public void Values_and_headers_stay_as_they_were_whatever_comes_behind_them()
    {
        var (memory, values, random) = (new RecordMemory(), new RecordMemory.Values(), new Random(1));
        List<(byte[] Value, RecordHeader[] Headers, LogRecord Kept)> kept = [];
        for (var i = 0; i < 2_000; i++)
        {
            var value = Random(i < 100 ? Sizes[i % Sizes.Length] : random.Next(3_000));
            RecordHeader[] headers = [new("one", Random(i < 100 ? Sizes[^(1 + (i % Sizes.Length))] : random.Next(200))), new("two", null)];
            kept.Add((value, headers, Read(memory, values, value, headers)));
        }

        foreach (var (value, headers, record) in kept)
        {
            Assert.That(record.Value!.Value.Span.SequenceEqual(value));
            Assert.That(record.Headers.Packed.Span.SequenceEqual(RecordHeaders.Pack(headers).Packed.Span));
        }

        byte[] Random(int size)
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Test]
    public void A_hundred_thousand_headers_are_packed_in_one_go()
    {
        RecordHeader[] headers = [.. Enumerable.Range(0, 100_000).Select(i => new RecordHeader("name", Encoding.ASCII.GetBytes(i.ToString("0000000", null))))];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var record = Read(new RecordMemory(), new RecordMemory.Values(), [], headers);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(30_000_000), "what was written was copied for each");
        Assert.That(record.Headers.Last("name")!.Value.Span.SequenceEqual("0099999"u8));
    }

    [Test]
    public void Null_is_null() => Assert.That(new RecordMemory.Values().Deserialize([], isNull: true, default), Is.Null);

    private static LogRecord Read(RecordMemory memory, RecordMemory.Values values, byte[] value, RecordHeader[] headers)
    {
        var message = new Message<byte[]?, ReadOnlyMemory<byte>?> { Value = values.Deserialize(value, isNull: false, default), Headers = [] };
        foreach (var (name, content) in headers)
            message.Headers.Add(name, content);
        return Records.From(new ConsumeResult<byte[]?, ReadOnlyMemory<byte>?> { Message = message, Topic = "t", Partition = 0, Offset = 0 }, memory, "t", Guid.Empty);
    }
}
