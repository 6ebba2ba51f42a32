using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>
/// The profiles of <c>customers</c>. A write applies to the revision that it was made from and to no other, so one that takes effect
/// after its time limit does no harm: either it was first, or it finds another revision.
/// </summary>
internal sealed class MongoProfileStore : IProfileStore
{
    private const int CustomersAtATime = 5_000;
    // Updates are the slowest of the writes, and lanes queue at the server: so few that a call stays within its limit while it starves. Parts that are done stay done.
    private const int WritesAtATime = 250;

    private static readonly BsonDocument Profile = new()
    {
        { "firstName", 1 }, { "lastName", 1 }, { "location", 1 }, { "customFields", 1 }, { "createdAt", 1 }, { "updatedAt", 1 },
        { CustomerFields.Revision, 1 }, { CustomerFields.Marks, 1 },
    };

    private readonly MongoDatabase _database;
    private readonly CallGroup<ProfileWrite, ProfileWriteOutcome[]> _writing;

    public MongoProfileStore(MongoDatabase database)
    {
        _database = database;
        _writing = new(WriteTogetherAsync, WritesAtATime, sideBySide: 1);
    }

    /// <inheritdoc />
    public async Task<ReadProfiles> ReadAsync(IReadOnlyCollection<CustomerKey> customers, long maxBytes, CancellationToken cancellationToken)
    {
        var found = new Dictionary<CustomerKey, StoredProfile>(customers.Count);
        var bytes = 0L;
        foreach (var part in customers.Distinct().Chunk(CustomersAtATime))
        {
            var keys = part.ToDictionary(CustomerFields.Id, StringComparer.Ordinal);
            // The server gives at most 16 MiB at a time: what is not fetched is never here.
            await foreach (var document in _database.StreamAsync("reading profiles", Find(keys.Keys, Profile), cancellationToken))
            {
                if (bytes >= maxBytes)
                    return new ReadProfiles(found, IsWhole: false);
                var stored = Read(document);
                found.Add(keys[document["_id"].AsString], stored);
                bytes += stored.Profile.EstimatedBytes;
            }
        }

        return new ReadProfiles(found, IsWhole: true);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<ProfileWriteOutcome>> WriteAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken) =>
        _writing.RunForOwnAsync(writes, cancellationToken);

    /// <summary>Whether a custom field can be set by its path. What holds a dot, or begins as an operator does, cannot: MongoDB reads such a path otherwise.</summary>
    internal static bool HasPath(string key) => key.Length > 0 && key[0] != '$' && !key.Contains('.', StringComparison.Ordinal);

    private static StoredProfile Read(BsonDocument document)
    {
        var profile = new CustomerProfile
        {
            FirstName = document.ToText("firstName"),
            LastName = document.ToText("lastName"),
            CreatedAt = document["createdAt"].ToUniversalTime(),
            UpdatedAt = document["updatedAt"].ToUniversalTime(),
        };
        Read(document, "location", profile.Location);
        Read(document, "customFields", profile.CustomFields);
        var marks = document.TryGetValue(CustomerFields.Marks, out var stored)
            ? stored.AsBsonDocument.Select(mark => CustomerFields.ParseMark(mark.Name, mark.Value.ToInt64())).ToArray()
            : [];
        return new StoredProfile(profile, document.GetValue(CustomerFields.Revision, 0).ToInt64(), marks);
    }

    private static void Read(BsonDocument document, string name, OrderedDictionary<string, ProfileValue> into)
    {
        if (!document.TryGetValue(name, out var fields))
            return;
        foreach (var field in fields.AsBsonDocument)
            into.Add(FrequentTexts.Of(field.Name), field.Value.ToProfileValue());
    }

    private static void Update(BsonBuffer buffer, ProfileWrite write, long writer)
    {
        var update = buffer.Begin();
        var filter = buffer.BeginDocument("q"u8);
        buffer.Write("_id"u8, CustomerFields.Id(write.Customer));
        if (write.ExpectedRevision > 0)
        {
            buffer.Write("_revision"u8, write.ExpectedRevision);
        }
        else
        {
            var revision = buffer.BeginDocument("_revision"u8);
            buffer.Write("$exists"u8, false);
            buffer.End(revision);
        }

        buffer.End(filter);
        var change = buffer.BeginDocument("u"u8);
        var set = buffer.BeginDocument("$set"u8);
        buffer.Write("_revision"u8, write.ExpectedRevision + 1);
        buffer.Write("_writer"u8, writer);
        buffer.Write("_marks."u8, CustomerFields.Mark(write.Mark.TopicId, write.Mark.Partition), ProfileValue.Of(write.Mark.Offset));
        buffer.Write("updatedAt"u8, write.Profile.UpdatedAt);
        if (write.Changes.FirstName)
            buffer.Write("firstName"u8, write.Profile.FirstName!);
        if (write.Changes.LastName)
            buffer.Write("lastName"u8, write.Profile.LastName!);
        foreach (var name in write.Changes.Location)
            buffer.Write("location."u8, name, write.Profile.Location[name]);
        if (write.Changes.CustomFields.All(HasPath))
        {
            foreach (var key in write.Changes.CustomFields)
                buffer.Write("customFields."u8, key, write.Profile.CustomFields[key]);
        }
        else
        {
            // All of them as one value: below the value of a $set, names with dots and dollars are names and nothing else.
            var fields = buffer.BeginDocument("customFields"u8);
            foreach (var (key, value) in write.Profile.CustomFields)
                buffer.Write([], key, value);
            buffer.End(fields);
        }

        buffer.End(set);
        buffer.End(change);
        buffer.End(update);
    }

    private async Task<ProfileWriteOutcome[]> WriteTogetherAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken)
    {
        var outcomes = new ProfileWriteOutcome[writes.Count];
        var left = Enumerable.Range(0, writes.Count).ToList();
        while (left.Count > 0)
        {
            // Two lanes may write one customer, and an answer tells customers apart, not writes.
            var once = left.DistinctBy(i => writes[i].Customer).ToList();
            foreach (var part in once.Chunk(WritesAtATime))
            {
                var written = await WritePartAsync(Array.ConvertAll(part, i => writes[i]), cancellationToken);
                for (var k = 0; k < part.Length; k++)
                    outcomes[part[k]] = written[k];
            }

            left = once.Count == left.Count ? [] : [.. left.Except(once)];
        }

        return outcomes;
    }

    private async Task<ProfileWriteOutcome[]> WritePartAsync(ProfileWrite[] writes, CancellationToken cancellationToken)
    {
        // Tells these writes from others that made the same revision.
        var writer = Random.Shared.NextInt64();
        var found = await _database.UpdateAsync(
            "writing profiles", Collections.Customers, writes, (buffer, write) => Update(buffer, write, writer), cancellationToken);
        if (found == writes.Length)
            return [.. Enumerable.Repeat(ProfileWriteOutcome.Written, writes.Length)];

        // The answer says how many found their revision, not which.
        var ids = writes.Select(write => CustomerFields.Id(write.Customer)).ToArray();
        var now = (await ReadAsync(ids, new BsonDocument { { CustomerFields.Revision, 1 }, { CustomerFields.Writer, 1 } }, cancellationToken))
            .ToDictionary(document => document["_id"].AsString, StringComparer.Ordinal);
        return [.. writes.Select((write, i) => !now.TryGetValue(ids[i], out var document)
            ? ProfileWriteOutcome.NoCustomer
            : document.GetValue(CustomerFields.Writer, BsonNull.Value) == writer && document[CustomerFields.Revision].ToInt64() == write.ExpectedRevision + 1
                ? ProfileWriteOutcome.Written
                : ProfileWriteOutcome.Conflict)];
    }

    private Task<List<BsonDocument>> ReadAsync(IEnumerable<string> ids, BsonDocument fields, CancellationToken cancellationToken) =>
        _database.ListAsync("reading profiles", Find(ids, fields), cancellationToken);

    private IFindFluent<BsonDocument, BsonDocument> Find(IEnumerable<string> ids, BsonDocument fields) =>
        _database.Documents(Collections.Customers).Find(MongoEventStore.In("_id", ids.Select(id => (BsonValue)id))).Project<BsonDocument>(fields);
}
