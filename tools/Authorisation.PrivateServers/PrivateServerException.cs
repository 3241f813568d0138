namespace Authorisation.PrivateServers;

/// <summary>
/// A private server failed. The message is one line; <see cref="LogTail"/> holds what the server wrote last.
/// </summary>
public sealed class PrivateServerException : Exception
{
    /// <summary>Makes the exception.</summary>
    public PrivateServerException(ServerFault fault, string message, string logTail = "", Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        LogTail = logTail;
    }

    /// <summary>What kind of failure it is.</summary>
    public ServerFault Fault { get; }

    /// <summary>The last lines of the server's log, or empty.</summary>
    public string LogTail { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        LogTail.Length == 0 ? base.ToString() : $"{base.ToString()}{Environment.NewLine}--- log ---{Environment.NewLine}{LogTail}";
}
