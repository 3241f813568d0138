using System.Globalization;
using System.Net;

namespace Authorisation.Admin.Settings;

/// <summary>Reads settings one by one; what cannot be used stops the start with a line that names it.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    public string? Text(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    public string Required(string name) => Text(name) ?? throw new SettingException(name, "is missing");

    public int Integer(string name, int otherwise, int least, int most) => Text(name) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new SettingException(name, $"is \"{text}\"; it takes a whole number from {least} to {most}");

    public bool Boolean(string name, bool otherwise) => Text(name) is not { } text
        ? otherwise
        : bool.TryParse(text, out var value) ? value : throw new SettingException(name, $"is \"{text}\"; it takes true or false");

    public Uri? Address(string name) => Text(name) is not { } text
        ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new SettingException(name, $"is \"{text}\"; it takes a URL such as https://portal.example.com/");

    public IPAddress Ip(string name) => Text(name) switch
    {
        null or "localhost" => IPAddress.Loopback,
        var text => IPAddress.TryParse(text, out var parsed) ? parsed : throw new SettingException(name, $"\"{text}\" is not an IP address"),
    };

    public static void RequireReadable(string name, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            // The value may hold a password, so the message does not repeat it.
            throw new SettingException(name, $"cannot be read: {e.Message}");
        }
    }

    public void RefuseUnknown(IReadOnlyCollection<string> known, IEnumerable<string> sections)
    {
        foreach (var section in sections)
        {
            foreach (var (key, value) in configuration.GetSection(section).AsEnumerable())
            {
                if (value is not null && !known.Contains(key, StringComparer.OrdinalIgnoreCase))
                {
                    throw new SettingException(key, $"is not a setting; {section} has {string.Join(
                        ", ", known.Where(one => one.StartsWith(section + ":", StringComparison.Ordinal)))}");
                }
            }
        }
    }
}
