namespace Authorisation.Administration.Messages;

/// <summary>The addresses that messages point at.</summary>
/// <param name="portal">Gives the address that people reach this host by.</param>
internal sealed class PortalLinks(Func<Uri> portal)
{
    public string Invitation(string token) => To("invitations/" + token);

    public string PasswordReset(string token) => To("password-resets/" + token);

    public string Application(Guid id) => To("organisations/" + id);

    private string To(string path) => new Uri(portal(), path).ToString();
}
