using System.CommandLine;
using Authorisation.Admin.Settings;
using Authorisation.Administration.Work;
using Authorisation.Hosting.Settings;
using Authorisation.Schema;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Runs the host until it is asked to stop.</summary>
internal static partial class ServeCommand
{
    private static readonly string[] Sections = [.. AdminSettings.Sections, "Logging"];

    public static Command Create()
    {
        var command = new Command("serve", "Run the host. Settings: adminsettings.json, environment, --Section:Name value.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction((parsed, _) => RunAsync([.. parsed.UnmatchedTokens]));
        return command;
    }

    public static async Task<int> RunAsync(string[] settings)
    {
        try
        {
            CheckArguments(settings);
            await using var app = AdminHost.Build(settings);
            await RequireSchemaAsync(app);
            await StartAsync(app);
            LogListening(app.Logger, string.Join(", ", app.Urls));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (e is SettingException or SchemaMismatchException)
        {
            return Fail(e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Fail($"Listen:Port is in use: {e.Message}");
        }
    }

    /// <summary>
    /// The settings on the command line. What is none of them is refused: the configuration would pass over it.
    /// </summary>
    internal static void CheckArguments(IReadOnlyList<string> arguments)
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

    /// <summary>
    /// Starts the host. If a part fails, the parts already started are stopped; otherwise the host would log cancelled
    /// tasks.
    /// </summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }

    [LoggerMessage(5301, LogLevel.Information, "Listening on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);

    [LoggerMessage(5302, LogLevel.Warning, "The database cannot be asked for its schema: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}
