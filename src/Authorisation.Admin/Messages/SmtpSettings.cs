namespace Authorisation.Admin.Messages;

/// <summary>How the mail server is reached.</summary>
internal sealed record SmtpSettings(string Host, int Port, bool Tls, string? User, string? Password, string From);
