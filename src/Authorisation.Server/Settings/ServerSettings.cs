using System.Globalization;
using System.Net;
using Authorisation.Ledger;
using Authorisation.Ledger.Activation;

namespace Authorisation.Server.Settings;

/// <summary>
/// Everything that can be set, read once at the start. What each setting means is written beside it in
/// <c>appsettings.json</c>; environment variables (<c>Ledger__ConnectionString</c>) and the command line
/// (<c>--Ledger:ConnectionString</c>) override the file.
/// </summary>
public sealed class ServerSettings
{
    private static readonly string[] Known =
    [
        "Listen:Address", "Listen:Port", "Listen:Certificate:Path", "Listen:Certificate:KeyPath",
        "Listen:Certificate:Password", "Ledger:ConnectionString", "Ledger:Lanes", "Ledger:RequireSynchronousStandby",
        "Cache:ConnectionString", "Activation:CodeKey",
    ];

    private ServerSettings()
    {
    }

    /// <summary>The address to listen on. Without a certificate it must be a loopback address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port to listen on; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>The certificate; <see langword="null"/> for plain HTTP/2 on loopback.</summary>
    public required CertificateSettings? Certificate { get; init; }

    /// <summary>The ledger.</summary>
    public required LedgerOptions Ledger { get; init; }

    /// <summary>The connection string of Redis.</summary>
    public required string CacheConnectionString { get; init; }

    /// <summary>The key of activation codes; <see langword="null"/> where no apps are connected.</summary>
    public required CodeKey? CodeKey { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingException">One is missing, unknown or cannot be used; the message names it.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        RefuseUnknown(configuration);
        RefuseUnknownLevels(configuration);
        var certificate = CertificateSettings.Read(configuration.GetSection("Listen:Certificate"));
        var addressText = configuration["Listen:Address"] ?? "127.0.0.1";
        var address = addressText == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(addressText, out var parsed) ? parsed
            : throw new SettingException("Listen:Address", $"\"{addressText}\" is not an IP address");
        if (certificate is null && !IPAddress.IsLoopback(address))
        {
            throw new SettingException(
                "Listen:Certificate:Path",
                $"is needed to listen on {address}: without TLS the server listens on loopback only");
        }

        var connectionString = Required(configuration, "Ledger:ConnectionString");
        RequireReadable("Ledger:ConnectionString", () => _ = new Npgsql.NpgsqlConnectionStringBuilder(connectionString));
        var cache = Required(configuration, "Cache:ConnectionString");
        RequireReadable("Cache:ConnectionString", () => _ = StackExchange.Redis.ConfigurationOptions.Parse(cache));

        return new ServerSettings
        {
            Address = address,
            Port = Integer(configuration, "Listen:Port", 5100, 0, IPEndPoint.MaxPort),
            Certificate = certificate,
            CacheConnectionString = cache,
            CodeKey = ReadCodeKey(configuration),
            Ledger = new LedgerOptions
            {
                ConnectionString = connectionString,
                Lanes = Integer(configuration, "Ledger:Lanes", Core.Limits.CommitLanes, 1, Core.Limits.CommitLanesMax),
                RequireSynchronousStandby = Boolean(configuration, "Ledger:RequireSynchronousStandby"),
            },
        };
    }

    private static CodeKey? ReadCodeKey(IConfiguration configuration)
    {
        if (configuration["Activation:CodeKey"] is not { Length: > 0 } text)
        {
            return null;
        }

        // Not repeated in the message: it is a secret, be it one that cannot be used.
        return CodeKey.TryParse(text, out var key)
            ? key
            : throw new SettingException("Activation:CodeKey", "must be 32 bytes in Base64");
    }

    private static void RefuseUnknown(IConfiguration configuration)
    {
        foreach (var section in (string[])["Listen", "Ledger", "Cache", "Activation"])
        {
            foreach (var (key, value) in configuration.GetSection(section).AsEnumerable())
            {
                if (value is not null && !Known.Contains(key, StringComparer.OrdinalIgnoreCase))
                {
                    throw new SettingException(key, $"is not a setting; {section} has {string.Join(
                        ", ", Known.Where(known => known.StartsWith(section, StringComparison.Ordinal)))}");
                }
            }
        }
    }

    private static void RefuseUnknownLevels(IConfiguration configuration)
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

    private static string Required(IConfiguration configuration, string name) =>
        configuration[name] is { Length: > 0 } value ? value : throw new SettingException(name, "is missing");

    private static void RequireReadable(string name, Action read)
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

    private static int Integer(IConfiguration configuration, string name, int otherwise, int least, int most)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
                ? value
                : throw new SettingException(name, $"is \"{text}\"; it takes a whole number from {least} to {most}");
    }

    private static bool Boolean(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => false,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw new SettingException(name, $"is \"{text}\"; it takes true or false"),
    };
}
