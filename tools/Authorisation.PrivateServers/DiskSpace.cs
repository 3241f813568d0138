namespace Authorisation.PrivateServers;

/// <summary>Distinguishes a full disk from other failures.</summary>
public static class DiskSpace
{
    // errno values; on Unix .NET puts them into HResult as they are.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    // A new database cluster takes 40 MB, and Postgres adds to its log in files of 16 MB.
    private const long BytesForServerMin = 64 * 1024 * 1024;

    /// <summary>Whether the exception, or one inside it, says that the disk or the quota is full.</summary>
    public static bool IsExhausted(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if ((e is IOException && (e.HResult is NoSpace or QuotaExceeded))
                || (e is PrivateServerException { Fault: ServerFault.DiskFull })
                || IsExhausted(e.Message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether so little is left where <paramref name="path"/> is that a server cannot be started there. A program
    /// whose log is on the full disk cannot write down why it failed.
    /// </summary>
    public static bool IsShort(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace < BytesForServerMin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether a program's output says so. Programs are run in the C locale, so the words are fixed.</summary>
    public static bool IsExhausted(string output) =>
        output.Contains("No space left on device", StringComparison.Ordinal)
        || output.Contains("Disk quota exceeded", StringComparison.Ordinal);
}
