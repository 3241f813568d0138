using System.CommandLine;
using Authorisation.Admin.Settings;
using Authorisation.Hosting.Settings;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>The way of commands to the database: that of the host's own settings unless another is given.</summary>
internal static class ConnectionOption
{
    public static Option<string?> Create() => new("--connection")
    {
        Description = "Connection string; else Ledger:ConnectionString of the settings.",
    };

    /// <summary>Runs a command and says how it went.</summary>
    public static async Task<int> RunAsync(string? connection, Func<NpgsqlDataSource, Task<string>> command)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connection ?? FromSettings());
            await Console.Out.WriteLineAsync(await command(source));
            return 0;
        }
        catch (Exception e) when (
            e is SettingException or NpgsqlException or ArgumentException or TimeZoneNotFoundException or FormatException)
        {
            // Postgres adds lines about where in a statement it was.
            await Console.Error.WriteLineAsync(e.Message.Split('\n')[0]);
            return 1;
        }
    }

    private static string FromSettings() => AdminSettings.ReadConnectionString(new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory).AddJsonFile("adminsettings.json", optional: true).AddEnvironmentVariables().Build());
}
