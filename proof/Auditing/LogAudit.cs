using CustomEvents.Proof.Ledger;

namespace CustomEvents.Proof.Auditing;

/// <summary>Compares the ledger with the raw topic, and gives what the topic says to the models of the stores.</summary>
internal static class LogAudit
{
    /// <summary>Audits.</summary>
    /// <param name="sends">The ledger.</param>
    /// <param name="records">All records of the raw topic, of all its lives.</param>
    /// <param name="models">The stores' models; they take the valid records.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <returns>The records that have to be rejections, each once.</returns>
    public static List<(RawRecord Record, Send Send)> Audit(IReadOnlyList<Send> sends, IReadOnlyList<RawRecord> records, IReadOnlyDictionary<string, Model> models, Findings findings)
    {
        var rejected = new List<(RawRecord, Send)>();
        var first = new Dictionary<int, int>();
        var ids = new Dictionary<int, string>();
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var where = $"[{record.Partition}]@{record.Offset}";
            if (record.Number is not { } number || number >= sends.Count)
            {
                findings.Add(Count.Doubled, $"{where} was never sent");
                continue;
            }

            var send = sends[number];
            if (record.Key != send.Store || !Equals(record.Value, send.Bytes))
                findings.Add(Count.Altered, $"{where} is not the bytes of event {number} as it was sent");
            else if (send.Outcome == Outcome.Refused)
                findings.Add(Count.Doubled, $"{where} is event {number}, which was refused");
            if (!first.TryAdd(number, i) && record.Headers.GetValueOrDefault("event-id") != ids[number])
                findings.Add(Count.Doubled, $"{where} is event {number} again, under another event-id");
            ids[number] = record.Headers.GetValueOrDefault("event-id") ?? $"none at {where}";
            if (send.EventId is { } told && ids[number] != told.ToString())
                findings.Add(Count.Altered, $"{where} has the event-id {ids[number]}, and the sender was told {told}");
            if (send.Fault is not null)
                rejected.Add((record, send));
            else
                models[send.Store!].Take(record);
        }

        AuditSends(sends, records, first, findings);
        return rejected;
    }

    private static void AuditSends(IReadOnlyList<Send> sends, IReadOnlyList<RawRecord> records, Dictionary<int, int> first, Findings findings)
    {
        var last = new Dictionary<(int Sender, int Partition), (int Index, int Number)>();
        foreach (var send in sends)
        {
            // Refused events of a bulk request do not lie on the raw topic.
            if (send is { Fault: not null, Channel: not Channel.Kafka } || send.Outcome != Outcome.Accepted)
                continue;
            if (!first.TryGetValue(send.Number, out var index))
            {
                findings.Add(Count.Lost, $"event {send.Number} was accepted ({send.Channel}) and is not in the log");
            }
            else if (send.Sender >= 0 && send.Store is not null)
            {
                var key = (send.Sender, records[index].Partition);
                if (last.TryGetValue(key, out var before) && index < before.Index)
                    findings.Add(Count.Misordered, $"event {send.Number} lies before {before.Number}, which its sender sent before");
                last[key] = (index, send.Number);
            }
        }
    }

    private static bool Equals(byte[]? one, byte[]? other) => one is null || other is null ? one == other : one.AsSpan().SequenceEqual(other);
}
