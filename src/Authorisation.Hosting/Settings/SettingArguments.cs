namespace Authorisation.Hosting.Settings;

/// <summary>
/// The settings on the command line, <c>--Section:Name value</c> or <c>--Section:Name=value</c>. Anything else is
/// refused: the configuration would ignore it, and the program would not run as it was configured.
/// </summary>
internal static class SettingArguments
{
    /// <summary>The section that every host has beside its own: which lines are logged.</summary>
    private const string Logging = "Logging";

    /// <summary>Refuses what is no setting.</summary>
    /// <param name="arguments">The arguments that no command has taken.</param>
    /// <param name="sections">The program's own sections.</param>
    /// <exception cref="SettingException">An argument is no setting, or has no value.</exception>
    public static void Check(IReadOnlyList<string> arguments, IReadOnlyCollection<string> sections)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var name = argument.Split('=')[0].TrimStart('-');
            if (!argument.StartsWith("--", StringComparison.Ordinal)
                || !sections.Append(Logging).Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase))
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
