using System.Net;
using Authorisation.Administration.Messages;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Hosting.Certificates;
using Authorisation.Hosting.Connections;
using Authorisation.Hosting.Settings;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Activation;

namespace Authorisation.Admin.Settings;

/// <summary>
/// Everything that can be set, read once at the start. What each setting means is written beside it in
/// <c>adminsettings.json</c>; environment variables and the command line override the file.
/// </summary>
internal sealed class AdminSettings
{
    /// <summary>The sections of settings that only this program has.</summary>
    public static readonly string[] Sections =
    [
        "Listen", "Ledger", "Activation", "Portal", "Sms", "Smtp", "Messages", "Access", "Cache", "MonthEnd", "Webhooks",
        TelemetrySettings.Section,
    ];

    private static readonly string[] Known =
    [
        "Listen:Address", "Listen:Port", .. CertificateSettings.Names, "Ledger:ConnectionString", "Portal:Address", "Sms:Url", "Sms:User",
        "Sms:Password", "Sms:SenderField", "Sms:RecipientField", "Sms:TextField", "Smtp:Host", "Smtp:Port", "Smtp:Tls",
        "Smtp:User", "Smtp:Password", "Smtp:From", "Smtp:CertificateAuthorities", "Messages:Directory", "Access:AnonymousCallsPerMinute",
        "Cache:ConnectionString", "MonthEnd:Runs", "MonthEnd:SharePercent", "Webhooks:AllowPrivateAddresses",
        .. CodeKeys.SettingNames, .. ConnectionSettings.Names, .. TelemetrySettings.Names,
    ];

    /// <summary>The address to listen on. Without a certificate it must be a loopback address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port to listen on; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>The certificate; null for HTTP in the clear on loopback.</summary>
    public required CertificateSettings? Certificate { get; init; }

    /// <summary>How many connections are open at the same time.</summary>
    public required ConnectionSettings Connections { get; init; }

    /// <summary>The connection string of the control plane's role.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The keys of codes, the same as the servers'.</summary>
    public required CodeKeys CodeKeys { get; init; }

    /// <summary>
    /// Where people reach this host, which links in e-mails begin with; null for where it listens, on loopback only.
    /// </summary>
    public required Uri? Portal { get; init; }

    /// <summary>The SMS gateway; null for none.</summary>
    public required SmsSettings? Sms { get; init; }

    /// <summary>The mail server; null for none.</summary>
    public required SmtpSettings? Smtp { get; init; }

    /// <summary>Where messages are written instead of being sent; null to send them.</summary>
    public required string? MessageDirectory { get; init; }

    /// <summary>How many calls without a session one address may make in a minute.</summary>
    public required int AnonymousCallsMax { get; init; }

    /// <summary>How to reach Redis, to hold what it has against the ledger; null to leave that out.</summary>
    public required string? CacheConnectionString { get; init; }

    /// <summary>How hard the nights' work works.</summary>
    public required MonthEndSettings MonthEnd { get; init; }

    /// <summary>Whether events may be sent to private addresses, and without TLS.</summary>
    public required bool AllowsPrivateWebhooks { get; init; }

    /// <summary>Where metrics and traces go.</summary>
    public required TelemetrySettings Telemetry { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingException">One is missing, unknown or cannot be used; the message names it.</exception>
    public static AdminSettings Read(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration);
        settings.RefuseUnknown(Known, Sections);
        settings.RefuseUnknownLevels();
        var address = settings.Ip("Listen:Address");
        var certificate = CertificateSettings.Read(settings);
        CertificateSettings.RequireBeyondLoopback(certificate, address, "the host");

        var port = settings.Integer("Listen:Port", 5200, 0, IPEndPoint.MaxPort);
        return new AdminSettings
        {
            Address = address,
            Port = port,
            Certificate = certificate,
            Connections = ConnectionSettings.Read(settings),
            ConnectionString = ReadConnectionString(configuration),
            CodeKeys = CodeKeys.Read(settings.Text, static (name, what) => new SettingException(name, what))
                ?? throw new SettingException(CodeKeys.SettingNames[0], "is missing"),
            Portal = ReadPortal(settings, address),
            Sms = ReadSms(settings),
            Smtp = SmtpSettingReader.Read(settings),
            MessageDirectory = settings.Text("Messages:Directory"),
            AnonymousCallsMax = settings.Integer("Access:AnonymousCallsPerMinute", Limits.AnonymousCallsMax, 1, 1_000_000),
            CacheConnectionString = settings.Text("Cache:ConnectionString"),
            AllowsPrivateWebhooks = settings.Boolean("Webhooks:AllowPrivateAddresses", false),
            Telemetry = TelemetrySettings.Read(settings),
            MonthEnd = MonthEndSettings.Default with
            {
                Runs = settings.Boolean("MonthEnd:Runs", MonthEndSettings.Default.Runs),
                SharePercent = settings.Integer("MonthEnd:SharePercent", MonthEndSettings.Default.SharePercent, 1, 100),
            },
        };
    }

    // A host cannot know by which name people reach it; a link that cannot be opened, or that sends a password in the
    // clear, must not go out.
    private static Uri? ReadPortal(SettingReader settings, IPAddress listens)
    {
        if (settings.Address("Portal:Address") is not { } portal)
        {
            return IPAddress.IsLoopback(listens) ? null : throw new SettingException(
                "Portal:Address",
                $"is needed to listen on {listens}: links in e-mails begin with it; set the address that people reach this host by, such as https://admin.example.com/");
        }

        if (portal.Scheme != Uri.UriSchemeHttps && !portal.IsLoopback)
        {
            throw new SettingException("Portal:Address", $"is \"{portal}\"; beyond this machine it has to begin with https://");
        }

        if (portal.Query.Length > 0 || portal.Fragment.Length > 0 || portal.UserInfo.Length > 0)
        {
            throw new SettingException("Portal:Address", "takes a URL without a query, a fragment or a user");
        }

        return portal.AbsolutePath.EndsWith('/') ? portal : new Uri(portal + "/");
    }

    /// <summary>The connection string alone, for commands.</summary>
    public static string ReadConnectionString(IConfiguration configuration)
    {
        var settings = new SettingReader(configuration);
        var connectionString = settings.Required("Ledger:ConnectionString");
        SettingReader.RequireReadable(
            "Ledger:ConnectionString", () => _ = new Npgsql.NpgsqlConnectionStringBuilder(connectionString));
        return connectionString;
    }

    private static SmsSettings? ReadSms(SettingReader settings) => settings.Address("Sms:Url") is not { } url
        ? null
        : new SmsSettings(
            url,
            settings.Required("Sms:User"),
            settings.Required("Sms:Password"),
            settings.Text("Sms:SenderField") ?? "from",
            settings.Text("Sms:RecipientField") ?? "to",
            settings.Text("Sms:TextField") ?? "message");
}
