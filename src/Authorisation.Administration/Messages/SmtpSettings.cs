using System.Security.Cryptography.X509Certificates;
using MailKit.Security;

namespace Authorisation.Administration.Messages;

/// <summary>How the mail server is reached.</summary>
/// <param name="Host">Its name or address, which its certificate has to have.</param>
/// <param name="Port">587 and 25 begin in clear text and go over to TLS, 465 begins with TLS.</param>
/// <param name="Security">Whether TLS is demanded, and when it begins.</param>
/// <param name="User">Null where the server asks for none.</param>
/// <param name="Password">The user's.</param>
/// <param name="From">The address that e-mails are from.</param>
/// <param name="Authorities">
/// The authorities that may have issued the server's certificate; null for those that the machine trusts.
/// </param>
internal sealed record SmtpSettings(
    string Host,
    int Port,
    SecureSocketOptions Security,
    string? User,
    string? Password,
    string From,
    X509Certificate2Collection? Authorities);
