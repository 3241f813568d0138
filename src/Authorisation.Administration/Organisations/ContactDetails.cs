namespace Authorisation.Administration.Organisations;

/// <summary>The contact person of an organisation.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Phone">The person's telephone number, of at most <see cref="PhoneCharactersMax"/> characters.</param>
internal sealed record ContactDetails(string? Name, string? Email, string? Phone = null)
{
    public const int PhoneCharactersMax = 30;
}
