using System.Runtime.InteropServices;

namespace CustomEvents.Kafka;

/// <summary>
/// What the Kafka client fetches and sends lies in memory of the C library. That of glibc by itself keeps what was freed, in a heap for each of up to eight threads a
/// processor, and large pieces too once it has seen one freed.
/// </summary>
public static class NativeHeap
{
    // Of glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private delegate int SetOption(int option, int value);

    /// <summary>
    /// Lets glibc make no more heaps than two, beside those that the process has already, and give back what is free at their end, and what is larger than 128 KiB. To
    /// be called first of all. Does nothing on another C library, nor where <c>MALLOC_ARENA_MAX</c> says that somebody has decided otherwise.
    /// </summary>
    public static void Limit()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is { Length: > 0 }
            || !NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "mallopt", out var export))
            return;
        var set = Marshal.GetDelegateForFunctionPointer<SetOption>(export);
        set(ArenaMax, 2);
        set(MmapThreshold, 128 * 1024);
        set(TrimThreshold, 1024 * 1024);
    }
}
