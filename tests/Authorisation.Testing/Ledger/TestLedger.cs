using System.Globalization;
using Authorisation.Ledger.Database;
using Authorisation.Provisioning;
using Authorisation.Schema;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Authorisation.Testing.Ledger;

/// <summary>
/// A ledger's database in some Postgres, with the two roles of production: the owner that migrates and provisions, who
/// is no superuser, and the service role that servers log in as.
/// </summary>
public sealed class TestLedger : IAsyncDisposable
{
    /// <summary>The role that owns the database.</summary>
    public const string OwnerRole = "authorisation_owner";

    /// <summary>The role that servers log in as.</summary>
    public const string ServiceRole = "authorisation_service";

    /// <summary>The role that the control plane logs in as.</summary>
    public const string AdminRole = "authorisation_admin";

    private const string Password = "only-for-tests";

    private TestLedger(string superuser, string owner, string service, string admin)
    {
        AdminConnectionString = admin;
        SuperuserConnectionString = superuser;
        OwnerConnectionString = owner;
        ServiceConnectionString = service;
        Owner = NpgsqlDataSource.Create(owner);
        Provisioner = new Provisioner(Owner);
    }

    /// <summary>The superuser's way to this database, for looking at sessions and ending them.</summary>
    public string SuperuserConnectionString { get; }

    /// <summary>The owner's way to it.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>The servers' way to it.</summary>
    public string ServiceConnectionString { get; }

    /// <summary>The control plane's way to it.</summary>
    public string AdminConnectionString { get; }

    /// <summary>Connections of the owner.</summary>
    public NpgsqlDataSource Owner { get; }

    /// <summary>Creates operators, accounts and tokens in it.</summary>
    public Provisioner Provisioner { get; }

    /// <summary>The clock of hosts that go with this ledger's.</summary>
    public LedgerTime HostTime { get; } = new();

    /// <summary>Makes an empty database with its roles.</summary>
    public static async Task<TestLedger> CreateEmptyAsync(PostgresServer server)
    {
        var superuser = await server.CreateDatabaseAsync("ledger");
        var database = new NpgsqlConnectionStringBuilder(superuser).Database!;
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        // Roles are the whole server's, and tests begin side by side.
        await connection.ExecuteAsync("select pg_advisory_lock(1)");
        foreach (var role in new[] { OwnerRole, ServiceRole, AdminRole })
        {
            if (!await connection.ExecuteScalarAsync<bool>("select exists (select from pg_roles where rolname = @role)", new { role }))
            {
                await connection.ExecuteAsync($"create role {role} login password '{Password}'");
            }
        }

        await connection.ExecuteAsync($"alter database {new NpgsqlCommandBuilder().QuoteIdentifier(database)} owner to {OwnerRole}");
        return new TestLedger(
            superuser,
            server.Private.ConnectionStringFor(database, OwnerRole, Password),
            server.Private.ConnectionStringFor(database, ServiceRole, Password),
            server.Private.ConnectionStringFor(database, AdminRole, Password));
    }

    /// <summary>Makes a migrated database with its roles.</summary>
    public static async Task<TestLedger> CreateAsync(PostgresServer server)
    {
        var ledger = await CreateEmptyAsync(server);
        await ledger.MigrateAsync();
        return ledger;
    }

    /// <summary>Brings the database to the newest schema.</summary>
    public Task<int> MigrateAsync() =>
        Migrator.MigrateAsync(OwnerConnectionString, ServiceRole, AdminRole, static _ => { }, CancellationToken.None);

    /// <summary>
    /// The connections of one server. Its name, if it has one, is the application name that its sessions show.
    /// </summary>
    public LedgerDatabase Connect(
        string? name = null, int lanes = 2, ILoggerFactory? loggers = null, Action<LedgerOptions>? configure = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(ServiceConnectionString);
        if (name is not null)
        {
            connection.ApplicationName = name;
        }

        var options = new LedgerOptions { ConnectionString = connection.ConnectionString, Lanes = lanes };
        configure?.Invoke(options);
        return new LedgerDatabase(options, loggers ?? NullLoggerFactory.Instance);
    }

    /// <summary>Runs a statement as the owner.</summary>
    public async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, arguments);
    }

    /// <summary>Asks something as the owner.</summary>
    public async Task<T> AskAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, arguments))!;
    }

    /// <summary>A session of its own, as from psql: what it locks stays locked until it ends.</summary>
    public async Task<NpgsqlConnection> OpenSessionAsync(string? connectionString = null)
    {
        var connection = new NpgsqlConnection((connectionString ?? OwnerConnectionString) + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>
    /// Shifts the clock that decisions go by, and <see cref="HostTime"/> with it, so that it stands at an instant now and runs
    /// on from there. For a database of the test's own only.
    /// </summary>
    public Task SetClockAsync(DateTimeOffset instant)
    {
        HostTime.SetTo(instant);
        return ReplaceClockAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"select clock_timestamp() - timestamptz ''{DateTimeOffset.UtcNow:O}'' + timestamptz ''{instant:O}''"));
    }

    /// <summary>Stops the clock that decisions go by, and <see cref="HostTime"/>. For a database of the test's own only.</summary>
    public Task StopClockAsync(DateTimeOffset instant)
    {
        HostTime.StopAt(instant);
        return StopDatabaseClockAsync(instant);
    }

    /// <summary>Stops the database's clock alone: <see cref="HostTime"/> is as it was.</summary>
    public Task StopDatabaseClockAsync(DateTimeOffset instant) => ReplaceClockAsync(string.Create(
        CultureInfo.InvariantCulture, $"select timestamptz ''{instant:O}''"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Owner.DisposeAsync();

    private Task ReplaceClockAsync(string select) => ExecuteAsync(
        $"create or replace function ledger_now() returns timestamptz language sql volatile parallel safe as '{select}'");
}
