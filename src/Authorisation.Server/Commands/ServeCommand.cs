using System.CommandLine;
using Authorisation.Hosting.Commands;
using Authorisation.Hosting.Settings;
using Authorisation.Schema;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Settings;

namespace Authorisation.Server.Commands;

/// <summary>Runs the server until it is asked to stop.</summary>
internal static partial class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the server. Settings: appsettings.json, environment, --Section:Name value.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction((parsed, _) => RunAsync([.. parsed.UnmatchedTokens]));
        return command;
    }

    public static Task<int> RunAsync(string[] settings) => new HostRunner(
        () =>
        {
            SettingArguments.Check(settings, ServerSettings.Sections);
            return ServerHost.Build(settings);
        },
        check: static _ => Task.CompletedTask,
        static app => LogListening(app.Logger, string.Join(", ", app.Urls)),
        static exception => exception is SchemaMismatchException)
        .RunAsync(static app => app.Services.GetRequiredService<LedgerDirectory>().ReasonToFail);

    [LoggerMessage(4201, LogLevel.Information, "Listening on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);
}
