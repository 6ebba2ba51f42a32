using CustomEvents.Events;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Columns that several stores bind.</summary>
internal static class CustomerColumns
{
    /// <summary>Binds a customer's id.</summary>
    public static Statement BindId(Statement statement, int parameter, CustomerId id)
    {
        Span<byte> bytes = stackalloc byte[12];
        id.WriteTo(bytes);
        return statement.BindBlob(parameter, bytes);
    }
}
