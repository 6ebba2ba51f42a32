using CustomEvents.Bench;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Load;
using CustomEvents.Bench.MixedLoad;
using CustomEvents.Bench.Parsing;
using CustomEvents.Bench.Running;
using CustomEvents.Bench.Scaling;

var (role, rest) = args is [var first, ..] && !first.StartsWith('-') ? (first, args[1..]) : ("table", args);
switch (role)
{
    case "table":
        return await Table.RunAsync(BenchOptions.Parse(rest));
    case "long":
        return await Table.RunLongAsync(BenchOptions.Parse(rest));
    case "parse":
        return ParseBenchmarks.Run();
    case "simulate":
        Console.Write(SkewSimulation.Table(laneRate: 1_000, partitions: 768));
        return 0;
    case "scaling":
        return ScalingFigures.WriteInto(Path.Combine("docs", "scaling.md"), BenchOptions.Parse(rest));
    case "mixed-load":
        return await MixedRun.RunAsync(rest);

    // What the bench starts itself, each as a process of its own.
    case ChildProcess.LoadRole:
        return await ChildProcess.AnswerAsync<LoadSpec, LoadResult>(LoadGenerator.RunAsync);
    case ChildProcess.HttpFloorRole:
        return await HttpFloor.RunAsync(rest);
    case ChildProcess.MongoFloorRole:
        return await ChildProcess.AnswerAsync<MongoFloorSpec, FloorResult>(MongoFloor.RunAsync);
    case ChildProcess.CopyFloorRole:
        return await ChildProcess.AnswerAsync<CopyFloorSpec, FloorResult>(CopyFloor.RunAsync);
    case ChildProcess.LogFloorRole:
        return await ChildProcess.AnswerAsync<SqliteFloorSpec, FloorResult>(SqliteFloors.AppendAsync);
    case ChildProcess.RowsFloorRole:
        return await ChildProcess.AnswerAsync<SqliteFloorSpec, FloorResult>(SqliteFloors.StoreAsync);
    case ChildProcess.ParseRole:
        return await ChildProcess.AnswerAsync<ParseSpec, ParseResult>(ParseBenchmarks.MeasureAsync);
    default:
        Console.Error.WriteLine("Usage: Bench [table|long] [--scale S] [--only NAME,...] [--results FOLDER] | parse | simulate | scaling | mixed-load ...");
        return 2;
}
