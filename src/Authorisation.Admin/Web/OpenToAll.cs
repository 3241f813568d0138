namespace Authorisation.Admin.Web;

/// <summary>Marks a route that needs no session; how often one address may call it is bounded.</summary>
internal sealed class OpenToAll
{
    public static OpenToAll Instance { get; } = new();
}
