using System.Runtime.InteropServices;

namespace Authorisation.PrivateServers;

/// <summary>The few calls of the C library that .NET has no counterpart for.</summary>
internal static partial class Libc
{
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>Sends a signal; false when the process is gone or is not ours to signal.</summary>
    public static bool TrySignal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>Gives a file, or a symbolic link itself, to a user.</summary>
    public static void ChangeOwner(string path, uint userId, uint groupId)
    {
        if (LChown(path, userId, groupId) != 0)
        {
            throw new IOException($"{path} could not be given to user {userId}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The path without symbolic links, as /proc shows it; the path itself when it does not exist.</summary>
    public static string PhysicalPath(string path)
    {
        var resolved = RealPath(path, IntPtr.Zero);
        if (resolved == IntPtr.Zero)
        {
            return path;
        }

        try
        {
            return Marshal.PtrToStringUTF8(resolved) ?? path;
        }
        finally
        {
            Free(resolved);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LChown(string path, uint userId, uint groupId);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial IntPtr RealPath(string path, IntPtr buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Free(IntPtr memory);
}
