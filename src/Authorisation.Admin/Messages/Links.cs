namespace Authorisation.Admin.Messages;

/// <summary>The addresses that messages point at.</summary>
/// <param name="Base">Where administrators reach the portal.</param>
internal sealed record Links(Uri Base)
{
    public string Invitation(string token) => new Uri(Base, "invitations/" + token).ToString();

    public string Application(Guid id) => new Uri(Base, "organisations/" + id).ToString();
}
