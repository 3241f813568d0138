using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>A test of what only root meets, such as a disk of a few megabytes or a server under another user.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root, to mount a small disk or to change the user";
        }
    }
}
