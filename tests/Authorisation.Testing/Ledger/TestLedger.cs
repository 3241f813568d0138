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

    /// <summary>The migrated database that others are copied from; one in each Postgres.</summary>
    private const string Template = "migrated";

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
    public static async Task<TestLedger> CreateEmptyAsync(TestPostgres postgres)
    {
        await using var connection = await postgres.OpenAsync();
        await LockAsync(connection);
        await MakeRolesAsync(connection);
        return await OfAsync(postgres, connection, await postgres.CreateDatabaseAsync("ledger"));
    }

    /// <summary>Makes a migrated database with its roles.</summary>
    public static async Task<TestLedger> CreateAsync(TestPostgres postgres)
    {
        await using var connection = await postgres.OpenAsync();
        await MakeTemplateAsync(postgres, connection);
        var ledger = await OfAsync(postgres, connection, await postgres.CreateDatabaseAsync("ledger", Template));

        // Rights on the database itself are not copied.
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

    /// <summary>
    /// Migrates a database that others are copied from, unless there is one. Migrating takes many times as long as a copy.
    /// </summary>
    private static async Task MakeTemplateAsync(TestPostgres postgres, NpgsqlConnection connection)
    {
        await LockAsync(connection);
        await MakeRolesAsync(connection);
        if (!await connection.ExecuteScalarAsync<bool>(
            "select exists (select from pg_database where datname = @Template)", new { Template }))
        {
            var database = await postgres.CreateDatabaseAsync(Template);
            await using (var ledger = await OfAsync(postgres, connection, database))
            {
                await ledger.MigrateAsync();
            }

            await connection.ExecuteAsync($"alter database {Quoted(database)} rename to {Quoted(Template)}");
        }

        await connection.ExecuteAsync("select pg_advisory_unlock(1)");
    }

    /// <summary>Roles and the template are the whole server's, and tests begin side by side, in several processes.</summary>
    private static async Task LockAsync(NpgsqlConnection connection) =>
        await connection.ExecuteAsync("select pg_advisory_lock(1)");

    private static async Task MakeRolesAsync(NpgsqlConnection connection)
    {
        foreach (var role in new[] { OwnerRole, ServiceRole, AdminRole })
        {
            if (!await connection.ExecuteScalarAsync<bool>("select exists (select from pg_roles where rolname = @role)", new { role }))
            {
                await connection.ExecuteAsync($"create role {role} login password '{Password}'");
            }
        }
    }

    private static async Task<TestLedger> OfAsync(TestPostgres postgres, NpgsqlConnection connection, string database)
    {
        await connection.ExecuteAsync($"alter database {Quoted(database)} owner to {OwnerRole}");
        return new TestLedger(
            postgres.ConnectionStringFor(database),
            postgres.ConnectionStringFor(database, OwnerRole, Password),
            postgres.ConnectionStringFor(database, ServiceRole, Password),
            postgres.ConnectionStringFor(database, AdminRole, Password));
    }

    private static string Quoted(string name) => new NpgsqlCommandBuilder().QuoteIdentifier(name);

    private Task ReplaceClockAsync(string select) => ExecuteAsync(
        $"create or replace function ledger_now() returns timestamptz language sql volatile parallel safe as '{select}'");
}
