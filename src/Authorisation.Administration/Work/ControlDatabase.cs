using System.Globalization;
using Authorisation.Core;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Administration.Work;

/// <summary>The control plane's connections to Postgres, with bounds on every wait.</summary>
internal sealed class ControlDatabase : IAsyncDisposable
{
    private const int ConnectionsMax = 30;

    // Columns are named as Postgres does, properties as C# does.
    static ControlDatabase() => Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Prepares the connections; opens none.</summary>
    public ControlDatabase(string connectionString, ILoggerFactory loggers)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = (int)Limits.ConnectTimeout.TotalSeconds + 1,
            CommandTimeout = (int)Limits.AdministrationStatementTimeout.TotalSeconds + 5,
            IncludeErrorDetail = false,
        };
        builder.HostRecheckSeconds = Math.Min(builder.HostRecheckSeconds, (int)Limits.HostMemoryMax.TotalSeconds);
        builder.ApplicationName ??= "authorisation admin";
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, ConnectionsMax);
        builder.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{builder.Options} -c lock_timeout={(int)Limits.AdministrationLockTimeout.TotalMilliseconds} -c statement_timeout={(int)Limits.AdministrationStatementTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout=30000 -c jit=off").Trim();
        Source = new NpgsqlDataSourceBuilder(builder.ConnectionString).UseLoggerFactory(loggers).Build();
    }

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Source { get; }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken stop) => Source.OpenConnectionAsync(stop);

    /// <summary>Asks whether Postgres answers.</summary>
    /// <exception cref="NpgsqlException">It does not.</exception>
    public async Task RequireAsync(CancellationToken stop)
    {
        await using var db = await OpenAsync(stop);
        await using var command = new NpgsqlCommand("select 1", db);
        await command.ExecuteScalarAsync(stop);
    }

    /// <summary>The clock that decisions go by.</summary>
    public static async Task<DateTimeOffset> NowAsync(NpgsqlConnection db) =>
        new(await db.QuerySingleAsync<DateTime>("select ledger_now()"), TimeSpan.Zero);

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
