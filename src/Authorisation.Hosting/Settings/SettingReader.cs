using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Settings;

/// <summary>Reads settings one by one; what cannot be used stops the start with a line that names it.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    /// <summary>A text; null when it is not set or empty.</summary>
    public string? Text(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary>A text that must be set.</summary>
    /// <exception cref="SettingException">It is not.</exception>
    public string Required(string name) => Text(name) ?? throw new SettingException(name, "is missing");

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="SettingException">It is none, or beyond them.</exception>
    public int Integer(string name, int otherwise, int least, int most) => Text(name) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new SettingException(name, $"is \"{text}\"; it takes a whole number from {least} to {most}");

    /// <summary>true or false.</summary>
    /// <exception cref="SettingException">It is neither.</exception>
    public bool Boolean(string name, bool otherwise) => Text(name) is not { } text
        ? otherwise
        : bool.TryParse(text, out var value) ? value : throw new SettingException(name, $"is \"{text}\"; it takes true or false");

    /// <summary>A URL of HTTP; null when it is not set.</summary>
    /// <exception cref="SettingException">It is no such URL.</exception>
    public Uri? Address(string name, string example = "https://portal.example.com/") => Text(name) is not { } text
        ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new SettingException(name, $"is \"{text}\"; it takes a URL such as {example}");

    /// <summary>An IP address; loopback when it is not set.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public IPAddress Ip(string name) => Text(name) switch
    {
        null or "localhost" => IPAddress.Loopback,
        var text => IPAddress.TryParse(text, out var parsed) ? parsed : throw new SettingException(name, $"\"{text}\" is not an IP address"),
    };

    /// <summary>Tries to read a setting that may hold a password.</summary>
    /// <exception cref="SettingException">It cannot be read; the message does not repeat it.</exception>
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

    /// <summary>Refuses a level of logging that there is not.</summary>
    /// <exception cref="SettingException">There is such a level; the message lists those there are.</exception>
    public void RefuseUnknownLevels()
    {
        foreach (var (key, value) in configuration.GetSection("Logging:LogLevel").AsEnumerable())
        {
            if (value is not null && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
            {
                throw new SettingException(
                    key, $"is \"{value}\"; it takes one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
            }
        }
    }

    /// <summary>Refuses names in a section of this program that are not its settings.</summary>
    /// <exception cref="SettingException">There is such a name; the message lists those there are.</exception>
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
