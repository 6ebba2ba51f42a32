using System.Net;
using System.Net.Http.Headers;

namespace CustomEvents.Operator.Importing;

/// <summary>The body of a bulk request, written from the events' own bytes.</summary>
internal sealed class BulkContent : HttpContent
{
    private readonly IReadOnlyList<BulkItem> _items;

    public BulkContent(IReadOnlyList<BulkItem> items)
    {
        _items = items;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("{\"events\":["u8.ToArray(), cancellationToken);
        for (var i = 0; i < _items.Count; i++)
        {
            if (i > 0)
                await stream.WriteAsync(","u8.ToArray(), cancellationToken);
            await stream.WriteAsync(_items[i].Event, cancellationToken);
        }

        await stream.WriteAsync("]}"u8.ToArray(), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = "{\"events\":[]}".Length + Math.Max(0, _items.Count - 1) + _items.Sum(static item => (long)item.Event.Length);
        return true;
    }
}
