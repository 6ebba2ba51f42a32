using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CustomEvents.Bench.Running;

/// <summary>The machine that a run is made on, without names, from the kernel.</summary>
internal static class Machine
{
    /// <summary>Processor time that the process which listens on a port of this machine used since it began; null where that cannot be told, as it runs elsewhere or in a container.</summary>
    public static TimeSpan? CpuOfListener(int port)
    {
        try
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
            const string Listening = "0A";
            var inode = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))?[9];
            foreach (var process in Process.GetProcesses())
            {
                using (process)
                {
                    if (inode is not null && process.ProcessName != "docker-proxy" && Holds(process.Id, $"socket:[{inode}]"))
                        return process.TotalProcessorTime;
                }
            }
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // A process that ended meanwhile.
        }

        return null;
    }

    /// <summary>A figure of a process's memory as the kernel tells it, in MB of 1024 KB: what it holds (<c>VmRSS</c>) or held at most (<c>VmHWM</c>).</summary>
    public static double MegabytesOf(int process, string figure)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).First(line => line.StartsWith(figure, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Programs that ran or wanted to, on average over the last minute.</summary>
    public static double LoadAverage => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Cores, memory, kernel and runtime.</summary>
    public static string Describe()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores ({cpu ?? "unknown"}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.#} GiB of memory, {RuntimeInformation.OSDescription} on kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}; servers, services, floors and load on the same machine");
    }

    private static bool Holds(int process, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name == socket);
        }
        catch (Exception foreign) when (foreign is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
