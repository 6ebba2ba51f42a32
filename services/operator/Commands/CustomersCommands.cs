using System.CommandLine;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events customers show | erase</c>.</summary>
internal static class CustomersCommands
{
    public static Command Create(Act act)
    {
        var show = Customer("show", "Shows a customer's profile.", act, async (session, found, cancellationToken) =>
        {
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("customerId", found.Key.CustomerId.ToString());
                    writer.WriteString("storeId", found.Key.StoreId);
                    writer.WriteNumber("events", found.Events);
                    writer.WritePropertyName("customer");
                    writer.WriteRawValue(found.Json);
                    writer.WriteEndObject();
                });
            }
            else
            {
                await session.Answer.LineAsync(found.Json);
                await session.Answer.LineAsync($"{found.Events} event(s)");
            }
        });
        var erase = Customer("erase", "Removes a customer with its events. What was in the topics stays there until their retention ends.", act, async (session, found, cancellationToken) =>
        {
            var erased = await session.Get<ICustomerReader>().EraseAsync(found.Key, cancellationToken);
            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("customerId", found.Key.CustomerId.ToString());
                    writer.WriteString("storeId", found.Key.StoreId);
                    writer.WriteNumber("eventsErased", erased);
                    writer.WriteEndObject();
                });
            }
            else
            {
                await session.Answer.LineAsync($"Customer {found.Key.CustomerId} of store '{found.Key.StoreId}' is erased, with {erased} event(s).");
            }
        });
        return new Command("customers", "Customers: who they are and what is known of them.") { show, erase };
    }

    private static Command Customer(
        string verb, string description, Act act, Func<Session, CustomerDocument, CancellationToken, Task> action)
    {
        var store = Inputs.Store();
        var id = new Option<string?>("--id") { Description = "The customer's id." };
        var email = new Option<string?>("--email") { Description = "The e-mail address." };
        var phone = new Option<string?>("--phone") { Description = "The phone number." };
        var command = new Command(verb, description) { store, id, email, phone };
        act(command, async (parsed, session, cancellationToken) =>
        {
            var storeId = Inputs.StoreId(parsed.GetRequiredValue(store));
            var identifier = Inputs.Customer(storeId, parsed.GetValue(id), parsed.GetValue(email), parsed.GetValue(phone));
            if (await session.Get<ICustomerReader>().FindAsync(identifier, cancellationToken) is not { } found)
                return await session.FailAsync($"Store '{storeId}' has no customer with this {Name(identifier.Kind)}.");
            await action(session, found, cancellationToken);
            return EventsCommandLine.Done;
        });
        return command;
    }

    private static string Name(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Id => "id",
        IdentifierKind.Email => "e-mail address",
        IdentifierKind.PhoneNumber => "phone number",
    };
}
