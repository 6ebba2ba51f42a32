using CustomEvents.Proof;
using CustomEvents.Proof.Faults;
using CustomEvents.Proof.Reporting;

// Faults, each on a pipeline of its own under load, and behind each an audit that trusts nothing of the pipeline's code.
ProofOptions options;
IReadOnlyList<Fault> faults;
try
{
    options = ProofOptions.Read(args);
    faults = options.Faults.Count == 0
        ? AllFaults.List
        : [.. options.Faults.Select(name => AllFaults.List.FirstOrDefault(fault => fault.Name == name) ?? throw new ArgumentException($"There is no fault \"{name}\"; --list names them."))];
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}\n\n{ProofOptions.Usage}");
    return 2;
}

if (options.IsList)
{
    foreach (var fault in faults)
        Console.WriteLine($"{fault.Name,-20} {fault.What}");
    return 0;
}

var results = new List<FaultResult>();
foreach (var fault in faults)
{
    var result = AllFaults.Missing(fault, options) is { } reason
        ? FaultResult.Left(fault.Name, fault.What, reason)
        : await FaultRunner.RunAsync(options, fault);
    results.Add(result);
    Console.WriteLine(Report.Line(result));
    foreach (var line in result.Failures.Concat(result.Findings?.Examples ?? []))
        Console.WriteLine($"  {line}");
    // After each, so that a run that is broken off leaves what it found.
    await Report.WriteAsync(options.Out, options, results);
}

Console.WriteLine($"{results.Count(static one => one.Status == "passed")} passed, {results.Count(static one => one.Status == "failed")} failed, {results.Count(static one => one.Status == "not run")} not run; {options.Out}.md");
return results.Exists(static one => one.Status == "failed") ? 1 : 0;
