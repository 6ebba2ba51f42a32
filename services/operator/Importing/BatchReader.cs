using CustomEvents.Events;

namespace CustomEvents.Operator.Importing;

/// <summary>Cuts the file into requests: up to 100 events and 20 MB (contract section 7).</summary>
internal sealed class BatchReader(NdjsonReader lines)
{
    // {"events":[ and ]}
    private const int EnvelopeBytes = 13;

    private NdjsonLine? _waiting;
    private int _index;
    private long _position;

    /// <summary>The next; null at the end.</summary>
    public async ValueTask<BulkBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        var items = new List<BulkItem>();
        var refused = new List<RefusedLine>();
        var bytes = EnvelopeBytes;
        var behind = _position;
        while (items.Count < Limits.MaxBulkEvents && refused.Count < Limits.MaxBulkEvents)
        {
            var line = _waiting ?? await lines.ReadAsync(cancellationToken);
            _waiting = null;
            if (line is not { } one)
                break;
            if (LineCheck.Find(one) is { } error)
            {
                refused.Add(new RefusedLine(one.Number, one.Offset, one.Length, ErrorsJson.Of(error)));
            }
            else if (items.Count > 0 && bytes + one.Text.Length + 1 > Limits.MaxBulkBytes)
            {
                _waiting = one;
                break;
            }
            else
            {
                items.Add(new BulkItem(one.Number, one.Offset, one.Length, one.Text.ToArray()));
                bytes += one.Text.Length + 1;
            }

            behind = lines.Position;
        }

        if (items.Count == 0 && refused.Count == 0)
            return null;
        var batch = new BulkBatch(_index++, items, refused, behind - _position);
        _position = behind;
        return batch;
    }
}
