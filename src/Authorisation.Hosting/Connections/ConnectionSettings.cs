using Authorisation.Core;
using Authorisation.Hosting.Settings;

namespace Authorisation.Hosting.Connections;

/// <summary>How many connections a host has open at the same time.</summary>
/// <param name="Max">From everywhere.</param>
/// <param name="MaxPerAddress">From one address.</param>
public sealed record ConnectionSettings(int Max, int MaxPerAddress)
{
    /// <summary>The names of these settings.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Listen:Connections", "Listen:ConnectionsPerAddress"];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingException">A number cannot be used.</exception>
    internal static ConnectionSettings Read(SettingReader settings) => new(
        settings.Integer(Names[0], Limits.ConnectionsMax, 1, Limits.ConnectionsSettingMax),
        settings.Integer(Names[1], Limits.ConnectionsPerAddressMax, 1, Limits.ConnectionsSettingMax));
}
