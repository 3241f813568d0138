using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A test that needs Node and npm: skipped where they are missing, but failing there on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsThere = new(() =>
        PythonFactAttribute.Succeeds("node", "--version") && PythonFactAttribute.Succeeds("npm", "--version"));

    /// <summary>Looks whether it can run.</summary>
    public NodeFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is null && !IsThere.Value)
        {
            Skip = "Needs nodejs and npm.";
        }
    }
}
