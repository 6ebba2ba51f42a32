namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>Events as a producer sends them.</summary>
public static class Samples
{
    public const string Event = """{"eventName":"Viewed Product","customer":{"email":"ada@example.com"},"data":{"sku":"A-1","price":9.5}}""";

    /// <summary>An event without identity: one error, at <c>/customer</c>.</summary>
    public const string Invalid = """{"eventName":"Viewed Product","customer":{}}""";

    /// <summary>A valid event of exactly that many bytes, padded with blanks.</summary>
    public static byte[] EventOf(int bytes)
    {
        var json = new byte[bytes];
        json.AsSpan().Fill((byte)' ');
        System.Text.Encoding.UTF8.GetBytes(Event).CopyTo(json.AsSpan());
        return json;
    }
}
