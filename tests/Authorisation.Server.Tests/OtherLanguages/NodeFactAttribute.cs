namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A test that needs Node and npm.</summary>
public sealed class NodeFactAttribute : ProgramFactAttribute
{
    private static readonly Lazy<bool> IsThere = new(() => Succeeds("node", "--version") && Succeeds("npm", "--version"));

    /// <summary>Looks whether it can run.</summary>
    public NodeFactAttribute() => Skip = SkipUnless(IsThere, "nodejs and npm");
}
