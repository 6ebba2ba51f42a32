using System.CommandLine;
using CustomEvents.Operator.Output;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events stores create | list</c>.</summary>
internal static class StoresCommands
{
    public static Command Create(Act act)
    {
        var store = new Argument<string>("STORE") { Description = "The store's id: 1 to 64 of A-Z a-z 0-9 _ -" };
        var create = new Command("create", "Creates a store. The API knows it within 5 s.") { store };
        act(create, async (parsed, session, cancellationToken) =>
        {
            var id = Inputs.StoreId(parsed.GetRequiredValue(store));
            var made = new Store(id, session.Now);
            if (!await session.Get<ITenantStore>().CreateStoreAsync(made, cancellationToken))
                return await session.FailAsync($"The store '{id}' exists already.");
            if (session.Answer.IsJson)
                await session.Answer.JsonAsync(writer => writer.WriteStore(made));
            else
                await session.Answer.LineAsync($"Store '{id}' is made. Make a key for it: events keys create --store {id}");
            return EventsCommandLine.Done;
        });

        var list = new Command("list", "Lists the stores.");
        act(list, async (_, session, cancellationToken) =>
        {
            var stores = await session.Get<ITenantStore>().ListStoresAsync(cancellationToken);
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("stores");
                    foreach (var one in stores)
                        writer.WriteStore(one);
                    writer.WriteEndArray();
                    writer.WriteEndObject();
                });
            }
            else
            {
                session.Answer.Table(["store", "created"], stores.Select(static one => new[] { one.StoreId, one.CreatedAt.Text() }));
            }

            return EventsCommandLine.Done;
        });
        return new Command("stores", "Stores: the tenants of the pipeline.") { create, list };
    }
}
