using System.CommandLine;
using Authorisation.Hosting.Settings;
using Authorisation.Schema;
using Authorisation.Server.Health;
using Authorisation.Server.Settings;
using Microsoft.AspNetCore.Connections;

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

    public static async Task<int> RunAsync(string[] settings)
    {
        try
        {
            SettingArguments.Check(settings);
            await using var app = ServerHost.Build(settings);
            await StartAsync(app);
            LogListening(app.Logger, string.Join(", ", app.Urls));
            await app.WaitForShutdownAsync();
            return app.Services.GetRequiredService<LedgerWatch>().SchemaMismatch is { } mismatch
                ? Fail(mismatch.Message)
                : 0;
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

    [LoggerMessage(4201, LogLevel.Information, "Listening on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);
}
