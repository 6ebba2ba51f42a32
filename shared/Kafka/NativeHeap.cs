using System.Runtime.InteropServices;

namespace CustomEvents.Kafka;

/// <summary>
/// What the Kafka client fetches and sends lies in memory of the C library. That of glibc by itself keeps what was freed, in a heap for each of up to eight threads a
/// processor, and large pieces too once it has seen one freed.
/// </summary>
internal static class NativeHeap
{
    // Of glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private delegate int SetOption(int option, int value);

    /// <summary>Lets glibc have two heaps, and give back what is free at their end, and what is larger than 128 KiB; does nothing on another C library.</summary>
    public static void Bound()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "mallopt", out var export))
            return;
        var set = Marshal.GetDelegateForFunctionPointer<SetOption>(export);
        set(ArenaMax, 2);
        set(MmapThreshold, 128 * 1024);
        set(TrimThreshold, 1024 * 1024);
    }
}
