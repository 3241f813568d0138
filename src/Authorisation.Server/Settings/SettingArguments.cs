using Authorisation.Hosting.Settings;
using Authorisation.Hosting.Telemetry;

namespace Authorisation.Server.Settings;

/// <summary>
/// The settings on the command line, <c>--Section:Name value</c> or <c>--Section:Name=value</c>. Anything else is
/// refused: the configuration would ignore it, and the server would not run as it was configured.
/// </summary>
internal static class SettingArguments
{
    private static readonly string[] Sections = ["Listen", "Ledger", "Cache", "Activation", TelemetrySettings.Section, "Logging"];

    /// <summary>Refuses what is no setting.</summary>
    /// <exception cref="SettingException">An argument is no setting, or has no value.</exception>
    public static void Check(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var name = argument.Split('=')[0].TrimStart('-');
            if (!argument.StartsWith("--", StringComparison.Ordinal)
                || !Sections.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                throw new SettingException(argument.Split('=')[0], "is neither a command nor a setting; see --help");
            }

            if (!argument.Contains('=', StringComparison.Ordinal) && ++i == arguments.Count)
            {
                throw new SettingException(name, "has no value");
            }
        }
    }
}
