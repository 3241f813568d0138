namespace Authorisation.Administration.Messages;

/// <summary>How the SMS gateway is called.</summary>
internal sealed record SmsSettings(
    Uri Url, string User, string Password, string SenderField, string RecipientField, string TextField);
