using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace CustomEvents.Tests.MongoDb;

/// <summary>A server that gives one answer to every insert and update: one that a real server does not give when it is told to.</summary>
internal sealed class AnsweringServer : IDisposable
{
    private const int Reply = 1, Message = 2013;

    private static readonly BsonDocument Hello = new()
    {
        { "ismaster", true }, { "isWritablePrimary", true }, { "maxBsonObjectSize", 16 * 1024 * 1024 }, { "maxMessageSizeBytes", 48_000_000 },
        { "maxWriteBatchSize", 100_000 }, { "minWireVersion", 0 }, { "maxWireVersion", 25 }, { "ok", 1 },
    };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly BsonDocument _answer;

    public AnsweringServer(BsonDocument answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Uri => $"mongodb://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/?directConnection=true";

    /// <summary>The inserts and updates that came.</summary>
    public List<BsonDocument> Writes { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var header = new byte[16];
            while (true)
            {
                await stream.ReadExactlyAsync(header);
                var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - header.Length];
                await stream.ReadExactlyAsync(body);
                var isMessage = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) == Message;
                var answer = Answer(isMessage ? BsonSerializer.Deserialize<BsonDocument>(body[5..]) : []).ToBson();

                // Behind the header a message has flags and the kind of its section, a reply four more numbers: the last is how many documents follow.
                byte[] before = isMessage ? new byte[5] : [.. new byte[16], 1, 0, 0, 0];
                BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), isMessage ? Message : Reply);
                header.AsSpan(4, 4).CopyTo(header.AsSpan(8));
                BinaryPrimitives.WriteInt32LittleEndian(header, header.Length + before.Length + answer.Length);
                await stream.WriteAsync((byte[])[.. header, .. before, .. answer]);
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    private BsonDocument Answer(BsonDocument command)
    {
        if (!command.Contains("insert") && !command.Contains("update"))
            return Hello;
        Writes.Add(command);
        return _answer;
    }
}
