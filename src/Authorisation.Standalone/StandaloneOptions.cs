using System.Globalization;
using System.Net;

namespace Authorisation.Standalone;

/// <summary>What <c>./dev run</c> was asked to do.</summary>
public sealed record StandaloneOptions
{
    /// <summary>The gRPC port unless another is given.</summary>
    public const int DefaultPort = 5100;

    /// <summary>How far above the gRPC port the control plane listens.</summary>
    private const int AdminPortAbove = 100;

    private static readonly DateTimeOffset NowMin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NowMax = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // DateTimeOffset reads a missing offset as local time; "zzz" insists on one.
    private static readonly string[] NowFormats =
        ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>Where everything is kept.</summary>
    public required string Directory { get; init; }

    /// <summary>Start again: delete what earlier runs left.</summary>
    public bool Fresh { get; init; }

    /// <summary>End after the demo calls.</summary>
    public bool Once { get; init; }

    /// <summary>The moment at which the clock starts; the real time if null.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>The port for gRPC on 127.0.0.1.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>
    /// The control plane's port on 127.0.0.1: a hundred above that of gRPC, below it where there is no room.
    /// </summary>
    public int AdminPort => Port <= IPEndPoint.MaxPort - AdminPortAbove ? Port + AdminPortAbove : Port - AdminPortAbove;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It is not understood; the message is one line that says why.</exception>
    public static StandaloneOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new StandaloneOptions { Directory = "" };
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "--fresh" => options with { Fresh = true },
                "--once" => options with { Once = true },
                "--now" => options with { Now = ParseNow(Value(arguments, ref i)) },
                "--port" => options with { Port = ParsePort(Value(arguments, ref i)) },
                "--directory" => options with { Directory = Path.GetFullPath(Value(arguments, ref i)) },
                _ => throw new FormatException($"{name} is not an option: ./dev --help shows them"),
            };
        }

        return options.Directory.Length > 0
            ? options
            : throw new FormatException("--directory is missing: start with ./dev run, which gives it");
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        i + 1 < arguments.Count && arguments[i + 1].Length > 0
            ? arguments[++i]
            : throw new FormatException($"{arguments[i]} needs a value: ./dev --help shows it");

    private static DateTimeOffset ParseNow(string text)
    {
        var withOffset = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        if (!DateTimeOffset.TryParseExact(
            withOffset, NowFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var now))
        {
            throw new FormatException($"--now {text} is not a time with its offset such as 2026-12-31T23:59:30+01:00");
        }

        return now >= NowMin && now < NowMax
            ? now
            : throw new FormatException($"--now {text} is not between the years {NowMin.Year} and {NowMax.Year - 1}");
    }

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? port
            : throw new FormatException($"--port {text} is not a port from 1 to {IPEndPoint.MaxPort}");
}
