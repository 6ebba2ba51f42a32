using MongoDB.Driver;

namespace CustomEvents.MongoDb.Server;

/// <summary>Documents that a command of our own did not write, by the codes of their errors.</summary>
internal sealed class WriteErrorsException(IReadOnlyList<int> codes, string message) : MongoException(message)
{
    public IReadOnlyList<int> Codes { get; } = codes;
}
