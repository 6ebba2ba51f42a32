using System.Diagnostics;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>The normalizer without a persister, from raw to normalized, where all customers are known; beside a loop that copies the same records.</summary>
internal sealed class NormalizerMeasurement(BenchOptions options)
{
    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var count = options.Count(400_000);
        var workload = DrainMeasurements.WorkloadOf(40, count);
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(workload.Stores);
        var normalizer = await deployment.StartAsync("normalizer");
        // Each customer once, which makes it; then as many of known customers as make the normalizer warm.
        var warmUp = workload.Customers + options.Count(DrainMeasurements.WarmUp);
        long done = warmUp;
        deployment.Produce(workload, number => workload.Event(number, null), 0, warmUp);
        await deployment.WaitUntilNormalizedAsync(done);

        var without = await DrainAsync(number => workload.Event(number, null));
        var copy = await ChildProcess.RunAsync<CopyFloorSpec, FloorResult>(
            ChildProcess.CopyFloorRole, new CopyFloorSpec(deployment.Kafka, deployment.RawTopic, warmUp, count, await deployment.CreateTopicAsync("copy")));
        var with = await DrainAsync(workload.Event);
        return
        [
            Row.AtLeastOfFloor("normalizer alone, identities known, without uniqueIds", without.Rate, "events/s", copy.Rate, 0.4),
            Row.Of("normalizer alone, without uniqueIds: CPU of the normalizer", without.Cpu, "s a million events"),
            .. DrainMeasurements.Told("normalizer alone, without uniqueIds: CPU of Kafka", without.KafkaCpu),
            Row.Beside("normalizer alone, identities known, with uniqueIds", with.Rate, "events/s", copy.Rate),
            Row.Of("normalizer alone, with uniqueIds: CPU of the normalizer", with.Cpu, "s a million events"),
        ];

        async Task<(double Rate, double Cpu, double? KafkaCpu)> DrainAsync(Func<long, byte[]> eventOf)
        {
            normalizer.Pause();
            deployment.Produce(workload, eventOf, warmUp, count);
            done += count;
            var (before, kafkaBefore) = (normalizer.Cpu, deployment.ServersCpu.Kafka);
            var watch = Stopwatch.StartNew();
            normalizer.Resume();
            await deployment.WaitUntilNormalizedAsync(done);
            var rate = count / watch.Elapsed.TotalSeconds;
            var perMillion = 1e6 / count;
            return (rate, (normalizer.Cpu - before).TotalSeconds * perMillion, (deployment.ServersCpu.Kafka - kafkaBefore)?.TotalSeconds * perMillion);
        }
    }
}
