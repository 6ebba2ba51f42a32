using System.CommandLine;

namespace CustomEvents.Operator.Commands;

/// <summary>Gives a command what it does.</summary>
internal delegate void Act(Command command, Func<ParseResult, Session, CancellationToken, Task<int>> action);
