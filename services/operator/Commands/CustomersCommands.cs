using System.CommandLine;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events customers show | erase</c>.</summary>
internal static class CustomersCommands
{
    public static Command Create(Act act)
    {
        var show = Customer("show", "Shows a customer's profile.", isGoneAllowed: false, act, async (session, found, cancellationToken) =>
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
        const string About = "Removes a customer with its events. Events that are under way, and of the 30 s after, may still name it: erase it again by its --id then. "
            + "What was in the topics stays there until their retention ends.";
        var erase = Customer("erase", About, isGoneAllowed: true, act, async (session, found, cancellationToken) =>
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
        string verb, string description, bool isGoneAllowed, Act act, Func<Session, CustomerDocument, CancellationToken, Task> action)
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
            var found = await session.Get<ICustomerReader>().FindAsync(identifier, cancellationToken);
            // Events that were under way when it was erased still name it: by its id they can be erased as well.
            if (found is null && isGoneAllowed && identifier.Kind == IdentifierKind.Id && CustomerId.TryParse(identifier.Value, out var gone))
                found = new CustomerDocument(new CustomerKey(storeId, gone), "", 0);
            if (found is null)
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
