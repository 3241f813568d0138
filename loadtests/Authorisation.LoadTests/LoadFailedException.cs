namespace Authorisation.LoadTests;

/// <summary>
/// What was being measured cannot be: a process did not start, a connection broke. The message says which.
/// </summary>
public sealed class LoadFailedException : Exception
{
    /// <summary>Makes one with a message for people.</summary>
    public LoadFailedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
