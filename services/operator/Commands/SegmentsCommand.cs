using System.CommandLine;
using CustomEvents.Operator.Values;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Commands;

/// <summary><c>events segments query</c>: the customers with at least one event that meets a condition.</summary>
internal static class SegmentsCommand
{
    private static readonly Dictionary<string, SegmentOperator> Operators = new(StringComparer.Ordinal)
    {
        ["eq"] = SegmentOperator.Equal,
        ["ne"] = SegmentOperator.NotEqual,
        ["gt"] = SegmentOperator.Greater,
        ["gte"] = SegmentOperator.GreaterOrEqual,
        ["lt"] = SegmentOperator.Less,
        ["lte"] = SegmentOperator.LessOrEqual,
        ["exists"] = SegmentOperator.Exists,
    };

    public static Command Create(Act act)
    {
        var store = Inputs.Store();
        var eventName = new Option<string>("--event") { Description = "The event's name.", Required = true };
        var key = new Option<string>("--key") { Description = "The segmentable key of data.", Required = true };
        var op = new Option<string>("--op") { Description = "How it compares.", Required = true };
        op.AcceptOnlyFromAmong([.. Operators.Keys]);
        var value = new Option<string?>("--value") { Description = "With what: read as a JSON number, a boolean or an RFC 3339 date where it is one, else as a string." };
        var type = new Option<string?>("--type") { Description = "What the value is, whatever it looks like." };
        type.AcceptOnlyFromAmong(ConditionValue.Types);
        var since = Inputs.Since("Only events that occurred then or later.");
        var count = new Option<bool>("--count") { Description = "Only how many." };
        var query = new Command("query", "Finds the customers of a store with at least one event where a key compares to a value.")
        {
            store, eventName, key, op, value, type, since, count,
        };
        act(query, async (parsed, session, cancellationToken) =>
        {
            var comparison = Operators[parsed.GetRequiredValue(op)];
            var text = parsed.GetValue(value);
            if (comparison == SegmentOperator.Exists && text is not null)
                throw new UsageException("--op exists takes no --value: leave it out.");
            if (comparison != SegmentOperator.Exists && text is null)
                throw new UsageException($"--op {parsed.GetRequiredValue(op)} needs a --value to compare with.");
            var condition = new SegmentCondition(
                Inputs.StoreId(parsed.GetRequiredValue(store)),
                parsed.GetRequiredValue(eventName).Trim(),
                parsed.GetRequiredValue(key),
                comparison,
                text is null ? null : ConditionValue.Read(text, parsed.GetValue(type)),
                Inputs.Time(parsed.GetValue(since), "--since"));

            var onlyCount = parsed.GetValue(count);
            var found = 0L;
            var customers = new List<string>();
            await foreach (var customer in session.Get<ISegmentReader>().FindCustomersAsync(condition, cancellationToken))
            {
                found++;
                if (onlyCount)
                    continue;
                if (session.Answer.IsJson)
                    customers.Add(customer.ToString());
                else
                    await session.Answer.LineAsync(customer.ToString());
            }

            if (session.Answer.IsJson)
            {
                await session.Answer.JsonAsync(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("count", found);
                    if (!onlyCount)
                    {
                        writer.WriteStartArray("customers");
                        foreach (var customer in customers)
                            writer.WriteStringValue(customer);
                        writer.WriteEndArray();
                    }

                    writer.WriteEndObject();
                });
            }
            else if (onlyCount)
            {
                await session.Answer.LineAsync($"{found}");
            }
            else
            {
                await session.NoteAsync($"{found} customer(s)");
            }

            return EventsCommandLine.Done;
        });
        return new Command("segments", "Segments: customers by what their events say.") { query };
    }
}
