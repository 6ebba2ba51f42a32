using System.Globalization;
using System.Runtime.InteropServices;

namespace CustomEvents.Proof.Reporting;

/// <summary>What the run was made on, without names.</summary>
internal static class Machine
{
    /// <summary>Cores, memory, kernel and runtime.</summary>
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.#} GiB of memory, {RuntimeInformation.OSDescription} on kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}; servers, services and load on the same machine");
}
