namespace Authorisation.Admin.Settings;

/// <summary>A setting that stops the start. The message is one line that begins with the setting's name.</summary>
public sealed class SettingException : Exception
{
    internal SettingException(string setting, string what)
        : base($"{setting} {what}.")
    {
    }
}
