namespace Authorisation.Standalone;

/// <summary>
/// The start cannot go on, for a reason the reader can do something about: the message is all that is shown.
/// </summary>
public sealed class StartFailedException : Exception
{
    /// <summary>Makes the failure with its one line.</summary>
    public StartFailedException(string line, Exception? inner = null)
        : base(line, inner)
    {
    }
}
