using CustomEvents.Kafka.Reading;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Kafka;

public class RecordMemoryTests
{
    [Test]
    public void Values_and_headers_stay_as_they_were_whatever_comes_behind_them()
    {
        var memory = new RecordMemory();
        var random = new Random(1);
        List<(byte[] Expected, ReadOnlyMemory<byte> Kept)> kept = [];
        int[] sizes = [0, 1, 400, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1_048_576];
        for (var i = 0; i < 2_000; i++)
        {
            var value = new byte[i < 100 ? sizes[i % sizes.Length] : random.Next(3_000)];
            random.NextBytes(value);
            kept.Add((value, memory.Deserialize(value, isNull: false, default)!.Value));
            var header = new byte[i < 100 ? sizes[^(1 + (i % sizes.Length))] : random.Next(200)];
            random.NextBytes(header);
            RecordHeaders.Write(memory, "one", header);
            RecordHeaders.Write(memory, "two", null);
            RecordHeader[] headers = [new("one", header), new("two", null)];
            var packed = memory.TakeWritten();
            kept.Add((RecordHeaders.Pack(headers).Packed.ToArray(), packed));
        }

        foreach (var (expected, found) in kept)
            Assert.That(found.Span.SequenceEqual(expected));
    }

    [Test]
    public void Null_is_null() => Assert.That(new RecordMemory().Deserialize([], isNull: true, default), Is.Null);
}
