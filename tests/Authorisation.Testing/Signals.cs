using System.Runtime.InteropServices;

namespace Authorisation.Testing;

/// <summary>Signals to processes that a test started.</summary>
public static partial class Signals
{
    /// <summary>SIGTERM: to stop in order.</summary>
    public const int Term = 15;

    /// <summary>SIGCONT: to go on after <see cref="Stop"/>.</summary>
    public const int Continue = 18;

    /// <summary>SIGSTOP: to stand still.</summary>
    public const int Stop = 19;

    /// <summary>Sends a signal.</summary>
    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} to {processId}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
