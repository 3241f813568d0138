namespace Authorisation.PrivateServers;

/// <summary>Why a private server could not do what was asked, as far as the remedy differs.</summary>
public enum ServerFault
{
    /// <summary>The program, or one it needs, is not installed or too old.</summary>
    ProgramMissing = 1,

    /// <summary>There is no room on the disk.</summary>
    DiskFull = 2,

    /// <summary>Another process listens on the port.</summary>
    PortInUse = 3,

    /// <summary>The server's directory is damaged, unreadable or not its own.</summary>
    DirectoryUnusable = 4,

    /// <summary>The server did not start within its bound.</summary>
    TooSlow = 5,

    /// <summary>The server ended while it started, for another reason; the log has it.</summary>
    Ended = 6,
}
