
namespace Authorisation.PrivateServers;

/// <summary>
/// Stops servers of a directory that outlived the process that started them: a parent killed in the instant before its
/// child asked for the death signal, or a server still busy with its stop.
/// </summary>
internal static class Leftovers
{
    /// <summary>Stops them, with the given signal first, and returns when there are none.</summary>
    public static async Task StopAsync(string dataDirectory, string processName, int softSignal)
    {
        foreach (var (signal, bound) in new[] { (softSignal, Bounds.HardStop), (Libc.SigKill, Bounds.Killed) })
        {
            foreach (var id in ProcessTable.InDirectory(dataDirectory, processName))
            {
                // A stopped process takes no signal but SIGKILL until it is continued.
                Libc.TrySignal(id, signal);
                Libc.TrySignal(id, Libc.SigCont);
            }

            if (await NoneLeftAsync(dataDirectory, processName, bound))
            {
                return;
            }
        }

        throw new PrivateServerException(
            ServerFault.DirectoryUnusable,
            $"{processName} of an earlier start still runs in {dataDirectory} "
            + $"(process {string.Join(", ", ProcessTable.InDirectory(dataDirectory, processName))}) and cannot be stopped");
    }

    /// <summary>Kills them at once, as a power cut would, and returns when there are none.</summary>
    public static async Task KillAsync(string dataDirectory, string processName)
    {
        foreach (var id in ProcessTable.InDirectory(dataDirectory, processName))
        {
            Libc.TrySignal(id, Libc.SigKill);
        }

        await NoneLeftAsync(dataDirectory, processName, Bounds.Killed);
    }

    private static async Task<bool> NoneLeftAsync(string dataDirectory, string processName, TimeSpan bound)
    {
        var until = Environment.TickCount64 + (long)bound.TotalMilliseconds;
        while (ProcessTable.InDirectory(dataDirectory, processName).Count > 0)
        {
            if (Environment.TickCount64 > until)
            {
                return false;
            }

            await Task.Delay(Bounds.Poll);
        }

        return true;
    }
}
