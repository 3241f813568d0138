using Authorisation.PrivateServers;

namespace Authorisation.Standalone.Start;

/// <summary>Says in one line why the start ended and what to do about it.</summary>
internal static class FailureLine
{
    private const string LogName = "failure.log";

    /// <summary>The line. An unforeseen failure is written out beside the servers' logs.</summary>
    public static string For(Exception exception, StandaloneOptions options)
    {
        var line = DiskSpace.IsExhausted(exception)
            ? $"the disk is full: make room where {options.Directory} and /var/tmp are"
            : exception switch
            {
                StartFailedException failure => failure.Message,
                PrivateServerException failure => For(failure),
                _ => $"{exception.GetType().Name}: {exception.Message} ({WriteDown(exception, options)})",
            };
        return string.Join(' ', line.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static string For(PrivateServerException failure) => failure.Fault switch
    {
        ServerFault.PortInUse => $"{failure.Message}: stop it, or choose another with ./dev run --port N",
        ServerFault.DirectoryUnusable or ServerFault.Ended => $"{failure.Message}; start again with ./dev run --fresh",
        ServerFault.TooSlow or ServerFault.ProgramMissing or ServerFault.DiskFull => failure.Message,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Fault, "an unknown fault"),
    };

    private static string WriteDown(Exception exception, StandaloneOptions options)
    {
        var path = Path.Combine(options.Directory, LogName);
        try
        {
            File.WriteAllText(path, $"{DateTimeOffset.UtcNow:O} {exception}{Environment.NewLine}");
            return $"details in {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"details could not be written to {path}: {e.Message}";
        }
    }
}
