using CustomEvents.Proof.Ledger;
using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>Compares <c>rejections</c> with the invalid events: each record of the log once, and each invalid event of a bulk request that was accepted once.</summary>
internal static class RejectionsAudit
{
    /// <summary>Audits.</summary>
    /// <param name="sends">The ledger.</param>
    /// <param name="rejected">The invalid records of the raw topic.</param>
    /// <param name="others">What else has to be refused, as stage and payload: records that were put on another topic.</param>
    /// <param name="stored">The stored rejections.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Audit(
        IReadOnlyList<Send> sends, IReadOnlyList<(RawRecord Record, Send Send)> rejected, IReadOnlyList<(string Stage, byte[] Payload)> others, IReadOnlyList<BsonDocument> stored,
        Findings findings)
    {
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (record, send) in rejected)
            Expect($"normalizer {send.Fault} {send.Store ?? "no store"} [{record.Partition}]@{record.Offset} {Payload(send.Bytes)}");
        foreach (var (stage, payload) in others)
            Expect($"{stage} {Payload(payload)}");
        var maybe = new HashSet<string>(StringComparer.Ordinal);
        foreach (var send in sends.Where(static send => send is { Fault: not null, Channel: Channel.Bulk }))
        {
            var text = $"ingest-api {send.Fault} {send.Store} {Payload(send.Bytes)}";
            if (send.Outcome == Outcome.Accepted)
                Expect(text);
            else if (send.Outcome == Outcome.Unknown)
                maybe.Add(text);
        }

        findings.Rejections = expected.Values.Sum();
        foreach (var document in stored)
        {
            var text = Text(document);
            if (expected.TryGetValue(text, out var left) && left > 0)
                expected[text] = left - 1;
            else if (!maybe.Remove(text))
                findings.Add(Count.Doubled, $"the rejection {text} is listed twice, or should not be: {document["detail"]}");
        }

        foreach (var (text, left) in expected.Where(static one => one.Value > 0))
            findings.Add(Count.Lost, $"the rejection {text} is missing ({left})");

        void Expect(string text) => expected[text] = expected.GetValueOrDefault(text) + 1;
    }

    private static string Text(BsonDocument document)
    {
        var payload = Payload(document["payload"].AsByteArray);
        var source = document["source"].AsBsonDocument;
        return document["stage"].AsString switch
        {
            "normalizer" => $"normalizer {document["code"]} {document.GetValue("storeId", "no store")} [{source["partition"]}]@{source["offset"]} {payload}",
            "ingest-api" => $"ingest-api {document["code"]} {document["storeId"]} {payload}",
            var stage => $"{stage} {payload}",
        };
    }

    private static string Payload(byte[]? bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes ?? []))[..16];
}
