using System.Net;
using Authorisation.Hosting.Certificates;
using Authorisation.Hosting.Connections;
using Authorisation.Hosting.Settings;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Activation;
using Authorisation.Ledger.Database;

namespace Authorisation.Server.Settings;

/// <summary>
/// Everything that can be set, read once at the start. What each setting means is written beside it in
/// <c>appsettings.json</c>; environment variables (<c>Ledger__ConnectionString</c>) and the command line
/// (<c>--Ledger:ConnectionString</c>) override the file.
/// </summary>
public sealed class ServerSettings
{
    private const string WarmUpSetting = "Start:WarmUpSeconds";

    private static readonly string[] Known =
    [
        "Listen:Address", "Listen:Port", .. CertificateSettings.Names, "Cache:ConnectionString", WarmUpSetting,
        .. CodeKeys.SettingNames, .. ConnectionSettings.Names, .. TelemetrySettings.Names,
    ];

    /// <summary>The sections that the settings are in.</summary>
    internal static readonly string[] Sections = ["Listen", "Ledger", "Cache", "Activation", "Start", TelemetrySettings.Section];

    private ServerSettings()
    {
    }

    /// <summary>The address to listen on. Without a certificate it must be a loopback address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port to listen on; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>The certificate; <see langword="null"/> for plain HTTP/2 on loopback.</summary>
    public required CertificateSettings? Certificate { get; init; }

    /// <summary>How many connections are open at the same time.</summary>
    public required ConnectionSettings Connections { get; init; }

    /// <summary>The ledgers: the one that every server has, and those that are set beside it.</summary>
    public required IReadOnlyList<LedgerOptions> Ledgers { get; init; }

    /// <summary>The connection string of Redis.</summary>
    public required string CacheConnectionString { get; init; }

    /// <summary>The keys of activation codes; <see langword="null"/> where no apps are connected.</summary>
    public required CodeKeys? CodeKeys { get; init; }

    /// <summary>Where metrics and traces go.</summary>
    public required TelemetrySettings Telemetry { get; init; }

    /// <summary>How long the server may rehearse before it says that it is ready; zero for not at all.</summary>
    public required TimeSpan WarmUpMax { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingException">One is missing, unknown or cannot be used; the message names it.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration);
        settings.RefuseUnknown([.. LedgerSettings.Names(configuration), .. Known], Sections);
        settings.RefuseUnknownLevels();
        var certificate = CertificateSettings.Read(settings);
        var address = settings.Ip("Listen:Address");
        CertificateSettings.RequireBeyondLoopback(certificate, address, "the server");

        var ledgers = LedgerSettings.Read(settings, configuration);
        var cache = settings.Required("Cache:ConnectionString");
        SettingReader.RequireReadable("Cache:ConnectionString", () => _ = StackExchange.Redis.ConfigurationOptions.Parse(cache));

        return new ServerSettings
        {
            Address = address,
            Port = settings.Integer("Listen:Port", 5100, 0, IPEndPoint.MaxPort),
            Certificate = certificate,
            WarmUpMax = TimeSpan.FromSeconds(settings.Integer(
                WarmUpSetting, (int)Core.Limits.WarmUpTime.TotalSeconds, 0, (int)Core.Limits.WarmUpTimeMax.TotalSeconds)),
            Connections = ConnectionSettings.Read(settings),
            CacheConnectionString = cache,
            Telemetry = TelemetrySettings.Read(settings),
            CodeKeys = CodeKeys.Read(settings.Text, static (name, what) => new SettingException(name, what)),
            Ledgers = ledgers,
        };
    }
}
