using System.Net;
using Authorisation.Hosting.Settings;

namespace Authorisation.Hosting.Telemetry;

/// <summary>Where a host's metrics and traces go. By default nowhere, and then they cost next to nothing.</summary>
public sealed record TelemetrySettings
{
    private const string MetricsAddress = "Telemetry:Metrics:Address";
    private const string MetricsPort = "Telemetry:Metrics:Port";
    private const string OtlpEndpoint = "Telemetry:Otlp:Endpoint";
    private const string OtlpProtocol = "Telemetry:Otlp:Protocol";
    private const string OtlpHeaders = "Telemetry:Otlp:Headers";
    private const string TracesShare = "Telemetry:Traces:SharePercent";

    private const string Grpc = "grpc";
    private const string HttpProtobuf = "http/protobuf";

    /// <summary>The section of these settings.</summary>
    public const string Section = "Telemetry";

    /// <summary>The names of these settings.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [MetricsAddress, MetricsPort, OtlpEndpoint, OtlpProtocol, OtlpHeaders, TracesShare];

    /// <summary>
    /// Where Prometheus may scrape metrics, in the clear and without a token; null for nowhere. Port 0 lets the system
    /// choose.
    /// </summary>
    public IPEndPoint? Scrape { get; init; }

    /// <summary>The collector that metrics and traces are sent to; null for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Whether they are sent as HTTP with protobuf instead of gRPC.</summary>
    public bool IsOtlpHttp { get; init; }

    /// <summary>Headers of what is sent, <c>name=value,…</c>; they may be secret.</summary>
    public string? Headers { get; init; }

    /// <summary>How many of a hundred calls are traced, 0 to 100, where traces are sent.</summary>
    public int TracesPercent { get; init; } = 1;

    /// <summary>Whether metrics go anywhere.</summary>
    public bool IsOn => Scrape is not null || Otlp is not null;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingException">One cannot be used.</exception>
    internal static TelemetrySettings Read(SettingReader settings)
    {
        var address = settings.Ip(MetricsAddress);
        var otlp = settings.Address(OtlpEndpoint, "http://127.0.0.1:4317");
        var headers = settings.Text(OtlpHeaders);
        if (headers is not null && otlp is null)
        {
            throw new SettingException(OtlpEndpoint, $"is missing beside {OtlpHeaders}");
        }

        return new TelemetrySettings
        {
            Scrape = settings.Text(MetricsPort) is null
                ? null
                : new IPEndPoint(address, settings.Integer(MetricsPort, 0, 0, IPEndPoint.MaxPort)),
            Otlp = otlp,
            IsOtlpHttp = (settings.Text(OtlpProtocol) ?? Grpc) switch
            {
                Grpc => false,
                HttpProtobuf => true,
                var other => throw new SettingException(OtlpProtocol, $"is \"{other}\"; it takes {Grpc} or {HttpProtobuf}"),
            },
            Headers = headers is null || headers.Split(',').All(IsHeader)
                ? headers
                : throw new SettingException(OtlpHeaders, "takes name=value, several with a comma between them"),
            TracesPercent = settings.Integer(TracesShare, new TelemetrySettings().TracesPercent, 0, 100),
        };
    }

    private static bool IsHeader(string text) => text.IndexOf('=', StringComparison.Ordinal) > 0;
}
