using Dapper;
using Npgsql;

namespace Authorisation.Schema;

/// <summary>Brings a database to the schema of this program, and checks whether it is there.</summary>
public static class Migrator
{
    /// <summary>"auth" in ASCII: the advisory lock that lets one program migrate at a time.</summary>
    private const long MigrationLock = 0x61757468;

    /// <summary>The name that the servers' role has unless another is given.</summary>
    public const string DefaultServiceRole = "authorisation_service";

    /// <summary>The name that the control plane's role has unless another is given.</summary>
    public const string DefaultAdminRole = "authorisation_admin";

    private const string CreateVersionTable = """
        create table if not exists schema_version (
          version    integer primary key,
          name       text not null,
          applied_at timestamptz not null default clock_timestamp()
        )
        """;

    /// <summary>
    /// Applies what is missing, each step in a transaction of its own, and then the rights of the service role. Several
    /// programs may do it at once: one works, the others wait and find nothing left to do.
    /// </summary>
    /// <param name="ownerConnectionString">A role that owns the database.</param>
    /// <param name="serviceRole">The role that the servers log in as; it must exist.</param>
    /// <param name="progress">Receives each step before it is applied.</param>
    /// <param name="cancellationToken">Stops between and within steps; a step that was stopped leaves nothing.</param>
    /// <returns>How many steps were applied.</returns>
    /// <exception cref="SchemaMismatchException">
    /// The database is newer than this program, or the role is missing.
    /// </exception>
    public static Task<int> MigrateAsync(
        string ownerConnectionString, string serviceRole, Action<Migration> progress, CancellationToken cancellationToken) =>
        MigrateAsync(ownerConnectionString, serviceRole, adminRole: null, progress, cancellationToken);

    /// <summary>As the other, and gives the control plane's role its rights, too.</summary>
    /// <param name="ownerConnectionString">A role that owns the database.</param>
    /// <param name="serviceRole">The role that the servers log in as; it must exist.</param>
    /// <param name="adminRole">
    /// The role that the control plane logs in as; it must exist. None where there is no control plane.
    /// </param>
    /// <param name="progress">Receives each step before it is applied.</param>
    /// <param name="cancellationToken">Stops between and within steps; a step that was stopped leaves nothing.</param>
    /// <returns>How many steps were applied.</returns>
    /// <exception cref="SchemaMismatchException">
    /// The database is newer than this program, or a role is missing.
    /// </exception>
    public static async Task<int> MigrateAsync(
        string ownerConnectionString,
        string serviceRole,
        string? adminRole,
        Action<Migration> progress,
        CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ownerConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("select pg_advisory_lock(@MigrationLock)", new { MigrationLock });
        try
        {
            await RequireRoleAsync(connection, serviceRole, "--service-role");
            if (adminRole is not null)
            {
                await RequireRoleAsync(connection, adminRole, "--admin-role");
            }

            await connection.ExecuteAsync(CreateVersionTable);
            var current = await CurrentVersionAsync(connection, cancellationToken);
            RefuseNewer(current);

            var applied = 0;
            foreach (var migration in Migration.All.Where(step => step.Version > current))
            {
                progress(migration);
                await ApplyAsync(connection, migration, cancellationToken);
                applied++;
            }

            await GrantAsync(connection, "grants.sql", "{service_role}", serviceRole);
            if (adminRole is not null)
            {
                await GrantAsync(connection, "grants_admin.sql", "{admin_role}", adminRole);
            }

            return applied;
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@MigrationLock)", new { MigrationLock });
        }
    }

    /// <summary>
    /// The control plane's role by its default name; <see langword="null"/> when the database server has none such.
    /// </summary>
    public static async Task<string?> FindAdminRoleAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ownerConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(
            "select rolname::text from pg_roles where rolname = @DefaultAdminRole", new { DefaultAdminRole });
    }

    /// <summary>Refuses a database whose schema is not the one that this program works with.</summary>
    /// <exception cref="SchemaMismatchException">It is older, newer or not there at all.</exception>
    public static async Task RequireCurrentAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        int current;
        try
        {
            current = await CurrentVersionAsync(connection, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            current = 0;
        }

        RefuseNewer(current);
        if (current < Migration.Latest)
        {
            throw new SchemaMismatchException(
                $"The database's schema is at version {current} and this program needs version {Migration.Latest}: "
                + "run `Authorisation.Server migrate` first.");
        }
    }

    /// <summary>
    /// Refuses to work as a role that could change what was decided: the schema's owner, or a superuser.
    /// </summary>
    /// <param name="source">The connections that the program would work with.</param>
    /// <param name="defaultRole">The name that the program's own role has by default.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="SchemaMismatchException">It is such a role; the message says what to use instead.</exception>
    public static async Task RequireOrdinaryRoleAsync(
        NpgsqlDataSource source, string defaultRole, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var (role, isSuperuser, isOwner) = await connection.QuerySingleAsync<(string, bool, bool)>(new CommandDefinition(
            """
            select current_user::text, r.rolsuper, pg_has_role(c.relowner, 'MEMBER')
            from pg_roles r, pg_class c
            where r.rolname = current_user and c.oid = 'schema_version'::regclass
            """,
            cancellationToken: cancellationToken));
        if (isSuperuser || isOwner)
        {
            throw new SchemaMismatchException(
                $"Ledger:ConnectionString logs in as \"{role}\", which {(isSuperuser ? "is a superuser" : "owns the schema")} and could "
                + $"change what was decided: use a separate role, such as {defaultRole}, that `Authorisation.Server migrate` gives its rights.");
        }
    }

    private static void RefuseNewer(int current)
    {
        if (current > Migration.Latest)
        {
            throw new SchemaMismatchException(
                $"The database's schema is at version {current} and this program knows versions up to "
                + $"{Migration.Latest} only: run a newer release of this program.");
        }
    }

    private static Task<int> GrantAsync(NpgsqlConnection connection, string file, string placeholder, string role)
    {
        var quote = new NpgsqlCommandBuilder();
        return connection.ExecuteAsync(Migration.ReadFile(file)
            .Replace(placeholder, quote.QuoteIdentifier(role), StringComparison.Ordinal)
            .Replace("{database}", quote.QuoteIdentifier(connection.Database), StringComparison.Ordinal));
    }

    private static async Task RequireRoleAsync(NpgsqlConnection connection, string role, string option)
    {
        if (!await connection.ExecuteScalarAsync<bool>(
            "select exists (select from pg_roles where rolname = @role)", new { role }))
        {
            throw new SchemaMismatchException(
                $"There is no role \"{role}\" for the servers to log in as: run "
                + $"`create role \"{role}\" login password '…'` first, or name another with {option}.");
        }
    }

    private static async Task<int> CurrentVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "select coalesce(max(version), 0) from schema_version", cancellationToken: cancellationToken));

    private static async Task ApplyAsync(
        NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(migration.Sql, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(
            "insert into schema_version (version, name) values (@Version, @Name)", migration);
        await transaction.CommitAsync(cancellationToken);
    }
}
