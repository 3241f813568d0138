namespace Authorisation.Server.Access;

/// <summary>Marks the calls that need no token: those of health, which balancers make.</summary>
internal sealed class OpenCall
{
    public static OpenCall Instance { get; } = new();
}
