using System.Globalization;
using System.Security.Cryptography;
using Authorisation.PrivateServers;
using Authorisation.Schema;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Makes the database with its three roles, brings the schema up to date and sets the database's clock. The roles get
/// new passwords at every start, which are kept in memory only.
/// </summary>
internal sealed class DatabaseStep(PrivatePostgres postgres, TimeSpan clockShift) : IStartStep
{
    private const string Database = "authorisation";
    private const string OwnerRole = "authorisation_owner";
    private const string ServiceRole = "authorisation_service";
    private const string AdminRole = "authorisation_admin";
    private const int PasswordBytes = 24;

    private readonly string _ownerPassword = Convert.ToHexString(RandomNumberGenerator.GetBytes(PasswordBytes));
    private readonly string _servicePassword = Convert.ToHexString(RandomNumberGenerator.GetBytes(PasswordBytes));

    private readonly string _adminPassword = Convert.ToHexString(RandomNumberGenerator.GetBytes(PasswordBytes));

    /// <inheritdoc/>
    public string Doing => "Bringing the database up to date";

    /// <summary>The connection string of the role that owns the database.</summary>
    public string OwnerConnectionString => postgres.ConnectionStringFor(Database, OwnerRole, _ownerPassword);

    /// <summary>The connection string of the servers' role.</summary>
    public string ServiceConnectionString => postgres.ConnectionStringFor(Database, ServiceRole, _servicePassword);

    /// <summary>The connection string of the control plane's role.</summary>
    public string AdminConnectionString => postgres.ConnectionStringFor(Database, AdminRole, _adminPassword);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        await CreateAsync(cancel);
        await Migrator.MigrateAsync(OwnerConnectionString, ServiceRole, AdminRole, static _ => { }, cancel);
        await SetClockAsync(cancel);
        await ForgetHostsAsync(cancel);
    }

    private async Task CreateAsync(CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancel);
        foreach (var (role, password) in new[]
        {
            (OwnerRole, _ownerPassword), (ServiceRole, _servicePassword), (AdminRole, _adminPassword),
        })
        {
            var exists = await connection.ExecuteScalarAsync<bool>(
                "select exists (select from pg_roles where rolname = @role)", new { role });
            // The password is hex of our own making: nothing in it needs quoting.
            await connection.ExecuteAsync($"{(exists ? "alter" : "create")} role {role} login password '{password}'");
            // As deploy/roles.sql does: what failed is logged without what it was about.
            await connection.ExecuteAsync(
                $"alter role {role} set log_error_verbosity = terse; alter role {role} set log_parameter_max_length_on_error = 0");
        }

        if (!await connection.ExecuteScalarAsync<bool>(
            "select exists (select from pg_database where datname = @Database)", new { Database }))
        {
            await connection.ExecuteAsync($"create database {Database} owner {OwnerRole}");
        }
    }

    /// <summary>
    /// The ledger asks one function for the time. In this demo's own database, and nowhere else, that function is
    /// replaced by one that is ahead of or behind the real clock; without a shift it is the real clock again.
    /// </summary>
    private async Task SetClockAsync(CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(OwnerConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var shiftUs = ((long)clockShift.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        await connection.ExecuteAsync(
            $"""
            create or replace function ledger_now() returns timestamptz
              language sql volatile parallel safe
              as 'select clock_timestamp(){(clockShift == TimeSpan.Zero ? "" : $" + interval ''{shiftUs} microseconds''")}'
            """);
    }

    /// <summary>
    /// No other host has this database. One that was killed would count as alive in the nights' scheduler until it had
    /// been silent for a while by the clock, which may have been set back since. Its tables are the control plane's.
    /// </summary>
    private async Task ForgetHostsAsync(CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(AdminConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancel);
        foreach (var table in new[] { "fired_triggers", "scheduler_state" })
        {
            var name = $"scheduler.qrtz_{table}";
            if (await connection.ExecuteScalarAsync<bool>("select to_regclass(@name) is not null", new { name }))
            {
                await connection.ExecuteAsync($"delete from {name}");
            }
        }
    }
}
