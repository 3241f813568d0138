using System.CommandLine;
using Authorisation.Admin.Settings;
using Authorisation.Administration.Work;
using Authorisation.Hosting.Commands;
using Authorisation.Hosting.Settings;
using Authorisation.Schema;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Runs the host until it is asked to stop.</summary>
internal static partial class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the host. Settings: adminsettings.json, environment, --Section:Name value.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction((parsed, _) => RunAsync([.. parsed.UnmatchedTokens]));
        return command;
    }

    public static Task<int> RunAsync(string[] settings) => new HostRunner(
        () =>
        {
            SettingArguments.Check(settings, AdminSettings.Sections);
            return AdminHost.Build(settings);
        },
        RequireSchemaAsync,
        static app => LogListening(app.Logger, string.Join(", ", app.Urls)),
        static exception => exception is SchemaMismatchException).RunAsync();

    // A Postgres that is away is waited for by the calls themselves; a wrong schema is not.
    private static async Task RequireSchemaAsync(WebApplication app)
    {
        try
        {
            var source = app.Services.GetRequiredService<ControlDatabase>().Source;
            await Migrator.RequireCurrentAsync(source, CancellationToken.None);
            await Migrator.RequireOrdinaryRoleAsync(source, Migrator.DefaultAdminRole, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogUnreachable(app.Logger, e.Message);
        }
    }

    [LoggerMessage(5301, LogLevel.Information, "Listening on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);

    [LoggerMessage(5302, LogLevel.Warning, "The database cannot be asked for its schema: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}
