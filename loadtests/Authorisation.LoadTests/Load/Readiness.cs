using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// Waits for a socket until a moment, with the system's finest clock: the managed way counts in milliseconds, several
/// arrivals long.
/// </summary>
internal static partial class Readiness
{
    private const short PollIn = 1;
    // The system looks at none that is below zero.
    private const int NoDescriptor = -1;
    private const int SetTimerSlack = 29;
    private const long NanosecondsInSecond = 1_000_000_000;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>
    /// Makes this thread's waits end within microseconds of their time; by default it is up to 50 µs later.
    /// </summary>
    public static void SharpenTimer() => _ = SetProcessOption(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>
    /// True when there is something to receive; false when <paramref name="until"/>, by the stopwatch, came first.
    /// </summary>
    public static bool Wait(int descriptor, long until)
    {
        var left = Math.Max(0, until - Stopwatch.GetTimestamp());
        var wait = new TimeSpecification
        {
            Seconds = left / Stopwatch.Frequency,
            Nanoseconds = left % Stopwatch.Frequency * NanosecondsInSecond / Stopwatch.Frequency,
        };
        var poll = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        return Poll(ref poll, 1, in wait, 0) > 0;
    }

    /// <summary>Waits until a moment, by the stopwatch.</summary>
    public static void Sleep(long until)
    {
        while (Stopwatch.GetTimestamp() < until)
        {
            Wait(NoDescriptor, until);
        }
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, in TimeSpecification wait, nint signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetProcessOption(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);
}
