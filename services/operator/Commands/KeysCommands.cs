using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using CustomEvents.Operator.Output;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events keys create | list | revoke</c>. Only a key's SHA-256 is kept (contract section 3).</summary>
internal static class KeysCommands
{
    public static Command Create(Act act) => new("keys", "Keys of the API.") { CreateKey(act), List(act), Revoke(act) };

    private static Command CreateKey(Act act)
    {
        var store = Inputs.Store();
        var name = new Option<string?>("--name") { Description = "A name for people." };
        var scopes = new Option<string[]>("--scope") { Description = $"What the key may do; {ApiKey.WriteEvents} where none is given.", AllowMultipleArgumentsPerToken = true };
        var expires = new Option<string?>("--expires-at") { Description = "When it stops working; never where not given.", HelpName = "T" };
        var create = new Command("create", "Makes a key and prints it, this one time.") { store, name, scopes, expires };
        act(create, async (parsed, session, cancellationToken) =>
        {
            var storeId = Inputs.StoreId(parsed.GetRequiredValue(store));
            var expiresAt = Inputs.Time(parsed.GetValue(expires), "--expires-at");
            if (expiresAt <= session.Now)
                throw new UsageException($"--expires-at is {expiresAt.Value.Text()}, which is past: give a time to come.");
            var tenants = session.Get<ITenantStore>();
            if (!await tenants.StoreExistsAsync(storeId, cancellationToken))
                return await session.FailAsync($"There is no store '{storeId}'. Create it first: events stores create {storeId}");

            var key = "ck_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            var given = parsed.GetValue(scopes) ?? [];
            var made = new ApiKey(
                Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))),
                Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                storeId,
                parsed.GetValue(name),
                given.Length == 0 ? [ApiKey.WriteEvents] : given.Distinct(StringComparer.Ordinal).ToArray(),
                session.Now,
                expiresAt);
            await tenants.CreateKeyAsync(made, cancellationToken);
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("key", key);
                    writer.WriteKeyMembers(made);
                    writer.WriteEndObject();
                });
            }
            else
            {
                await session.Answer.LineAsync(key);
                await session.NoteAsync($"Key {made.KeyId} of store '{storeId}' works within 5 s. It is not shown again.");
            }

            return EventsCommandLine.Done;
        });
        return create;
    }

    private static Command List(Act act)
    {
        var store = Inputs.Store();
        var list = new Command("list", "Lists a store's keys, without the keys themselves.") { store };
        act(list, async (parsed, session, cancellationToken) =>
        {
            var storeId = Inputs.StoreId(parsed.GetRequiredValue(store));
            var tenants = session.Get<ITenantStore>();
            if (!await tenants.StoreExistsAsync(storeId, cancellationToken))
                return await session.FailAsync($"There is no store '{storeId}'. 'events stores list' shows those that there are.");
            var keys = await tenants.ListKeysAsync(storeId, cancellationToken);
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("keys");
                    foreach (var key in keys)
                    {
                        writer.WriteStartObject();
                        writer.WriteKeyMembers(key);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                });
            }
            else
            {
                session.Answer.Table(
                    ["key id", "name", "scopes", "created", "expires", "revoked"],
                    keys.Select(static key => new[]
                    {
                        key.KeyId, key.Name, string.Join(' ', key.Scopes), key.CreatedAt.Text(), key.ExpiresAt?.Text(), key.RevokedAt?.Text(),
                    }));
            }

            return EventsCommandLine.Done;
        });
        return list;
    }

    private static Command Revoke(Act act)
    {
        var keyId = new Argument<string>("KEY_ID") { Description = "The key's id, as 'keys list' shows it." };
        var revoke = new Command("revoke", "Revokes a key. It stops working within 5 s.") { keyId };
        act(revoke, async (parsed, session, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(keyId);
            if (await session.Get<ITenantStore>().RevokeKeyAsync(id, session.Now, cancellationToken) is not { } key)
                return await session.FailAsync($"There is no key '{id}'. 'events keys list --store STORE' shows a store's keys by their ids.");
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteKeyMembers(key);
                    writer.WriteEndObject();
                });
            }
            else
            {
                await session.Answer.LineAsync($"Key {key.KeyId} of store '{key.StoreId}' is revoked since {key.RevokedAt?.Text()}.");
            }

            return EventsCommandLine.Done;
        });
        return revoke;
    }
}
