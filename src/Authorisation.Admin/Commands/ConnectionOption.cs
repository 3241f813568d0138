using System.CommandLine;
using Authorisation.Admin.Settings;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Hosting.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>The way of commands to the database: that of the host's own settings unless another is given.</summary>
internal static class ConnectionOption
{
    public static Option<string?> Create() => new("--connection")
    {
        Description = "Connection string; else Ledger:ConnectionString of the settings.",
    };

    /// <summary>Runs a command and says how it went: what is wrong with its options all at once, a line each.</summary>
    /// <param name="connection">The connection string that was given; null for that of the settings.</param>
    /// <param name="command">What it does; answers what is printed.</param>
    /// <param name="otherNames">Fields of the operation that are not given by the option of the same name.</param>
    public static async Task<int> RunAsync(
        string? connection,
        Func<NpgsqlDataSource, Task<string>> command,
        params (string Field, string Name)[] otherNames)
    {
        try
        {
            await using var database = new ControlDatabase(connection ?? FromSettings(), NullLoggerFactory.Instance);
            await Console.Out.WriteLineAsync(await command(database.Source));
            return 0;
        }
        catch (RefusedException e)
        {
            await Console.Error.WriteLineAsync(e.Errors is { } errors
                ? string.Join(Environment.NewLine, errors.Select(one => $"{NameOf(one.Field, otherNames)} {one.Message}."))
                : e.Message);
            return 1;
        }
        catch (Exception e) when (e is SettingException or NpgsqlException or ArgumentException or FormatException)
        {
            // Postgres adds lines about where in a statement it was.
            await Console.Error.WriteLineAsync(e.Message.Split('\n')[0]);
            return 1;
        }
    }

    /// <summary>Runs an operation in a separate transaction, on behalf of the service's operators.</summary>
    /// <exception cref="RefusedException">It was refused; nothing of it stays.</exception>
    public static async Task<T> WorkAsync<T>(NpgsqlDataSource source, Func<UnitOfWork, Task<T>> operation)
    {
        await using var db = await source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var result = await operation(new UnitOfWork(db, principal: null, address: null));
        await transaction.CommitAsync();
        return result;
    }

    private static string NameOf(string field, (string Field, string Name)[] otherNames) =>
        otherNames.FirstOrDefault(one => one.Field == field).Name ?? "--" + field.Replace('_', '-');

    private static string FromSettings() => AdminSettings.ReadConnectionString(new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory).AddJsonFile("adminsettings.json", optional: true).AddEnvironmentVariables().Build());
}
