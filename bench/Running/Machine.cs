using System.Globalization;
using System.Runtime.InteropServices;

namespace CustomEvents.Bench.Running;

/// <summary>The machine that a run is made on, without names, from the kernel.</summary>
internal static class Machine
{
    private const double TicksASecond = 100;

    /// <summary>Processor time of everything on it since it started.</summary>
    public static TimeSpan Cpu
    {
        get
        {
            // user nice system idle iowait irq softirq
            var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(7).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            return TimeSpan.FromSeconds((ticks.Sum() - ticks[3] - ticks[4]) / TicksASecond);
        }
    }

    /// <summary>Programs that ran or wanted to, on average over the last minute.</summary>
    public static double LoadAverage => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Cores, memory, kernel and runtime.</summary>
    public static string Describe()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores ({cpu ?? "unknown"}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.#} GiB of memory, {RuntimeInformation.OSDescription} on kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}; servers, services, floors and load on the same machine");
    }
}
