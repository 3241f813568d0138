namespace Authorisation.Hosting.Settings;

/// <summary>A setting that stops the start. The message is one line that begins with the setting's name.</summary>
public sealed class SettingException : Exception
{
    /// <summary>Names the setting and says what is wrong with it, without a full stop.</summary>
    public SettingException(string setting, string what)
        : base($"{setting} {what}.")
    {
    }
}
