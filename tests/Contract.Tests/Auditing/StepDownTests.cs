using System.Net;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>The primary of a MongoDB replica set steps down while events come in.</summary>
[TestFixture]
[NonParallelizable]
public sealed class StepDownTests
{
    // scripts/test lets a test be skipped for a reason that begins so, where every other has to run.
    private const string NoRealServer = "Needs a real MongoDB in a container: ";
    private const int Requests = 60;
    private const int EventsInRequest = 20;

    [Test]
    public async Task A_step_down_of_the_primary_under_load_neither_loses_nor_doubles_an_event()
    {
        if (!Containers.EngineAnswers)
            Assert.Ignore(NoRealServer + "no Docker engine answers.");
        await using var set = await Containers.StartReplicaSetAsync();
        using var client = new MongoClient(set.GetConnectionString());
        await using var pipeline = await ServersDeployment.StartOnAsync(set.GetConnectionString());
        var store = await pipeline.CreateStoreAsync();

        var sending = Task.Run(async () =>
        {
            for (var request = 0; request < Requests; request++)
                await SendUntilAcceptedAsync(store, request);
        });
        await Eventually.TrueAsync(
            async () => await CountAsync(pipeline, store) is > 0 and var stored ? null : "none is stored", () => "The pipeline does not get on.");
        try
        {
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument { { "replSetStepDown", 5 }, { "force", true } });
        }
        catch (MongoCommandException refused) when (refused.CodeName == "CommandNotFound")
        {
            Assert.Ignore(NoRealServer + $"the image {Containers.Image("MONGO_IMAGE")} is a stand-in that knows no replSetStepDown.");
        }
        catch (MongoException)
        {
            // A server that steps down may close the connection that told it to.
        }

        Assert.That(await IsPrimaryAsync(client), Is.False, "it stepped down");
        await sending;
        await store.SettleAsync();
        Assert.That(await CountAsync(pipeline, store), Is.EqualTo((Requests * EventsInRequest) + 1));
    }

    private static async Task<bool> IsPrimaryAsync(MongoClient client) =>
        (await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), ReadPreference.Nearest))["isWritablePrimary"].ToBoolean();

    private static Task<long> CountAsync(ServersDeployment pipeline, TestStore store) =>
        pipeline.Database.GetCollection<BsonDocument>("events").CountDocumentsAsync(Builders<BsonDocument>.Filter.Eq("storeId", store.Id));

    private static Task SendUntilAcceptedAsync(TestStore store, int request)
    {
        var events = Enumerable.Range(0, EventsInRequest).Select(n =>
            $"{{\"eventName\":\"Counted\",\"customer\":{{\"email\":\"p{n}@example.com\"}},\"uniqueId\":\"{request}-{n}\"}}");
        var body = $"{{\"events\":[{string.Join(',', events)}]}}";
        return Eventually.TrueAsync(
            async () => await store.PostAsync(body, true) is { Status: not HttpStatusCode.Accepted } answer ? answer.ToString() : null,
            () => $"Request {request} is not accepted.");
    }
}
