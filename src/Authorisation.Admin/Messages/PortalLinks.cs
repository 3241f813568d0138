using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Authorisation.Admin.Messages;

/// <summary>The addresses that messages point at.</summary>
/// <param name="portal">Where people reach this host; null for where it listens, which is loopback then.</param>
/// <param name="server">Knows where it listens once it was started.</param>
internal sealed class PortalLinks(Uri? portal, IServer server)
{
    public string Invitation(string token) => To("invitations/" + token);

    public string PasswordReset(string token) => To("password-resets/" + token);

    public string Application(Guid id) => To("organisations/" + id);

    private string To(string path) => new Uri(
        portal ?? new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()), path).ToString();
}
