using System.CommandLine;
using Authorisation.Schema;
using Npgsql;

namespace Authorisation.Server.Commands;

/// <summary>Brings the database to the schema of this program.</summary>
internal static class MigrateCommand
{
    private const string ConnectionVariable = "LEDGER_OWNER_CONNECTION";

    public static Command Create()
    {
        var owner = new Option<string>("--owner-connection")
        {
            Description = $"Connection string of the role that owns the database; or the variable {ConnectionVariable}.",
        };
        var role = new Option<string>("--service-role")
        {
            Description = "The role that the servers log in as; it gets the rights it needs and no more.",
            DefaultValueFactory = _ => Migrator.DefaultServiceRole,
        };
        var admin = new Option<string?>("--admin-role")
        {
            Description = "The role that the control plane logs in as. Default: authorisation_admin, if it exists.",
        };
        var command = new Command("migrate", "Create the schema, or bring it up to date. Safe to run at any time.")
        {
            owner, role, admin,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(owner), parsed.GetValue(role)!, parsed.GetValue(admin), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? owner, string role, string? adminRole, CancellationToken cancellationToken)
    {
        owner ??= Environment.GetEnvironmentVariable(ConnectionVariable);
        if (string.IsNullOrEmpty(owner))
        {
            return Fail($"Say which database: --owner-connection \"Host=…;Database=…;Username=…\", or {ConnectionVariable}.");
        }

        try
        {
            var applied = await Migrator.MigrateAsync(
                owner,
                role,
                adminRole ?? await Migrator.FindAdminRoleAsync(owner, cancellationToken),
                step => Console.WriteLine($"Applying {step.Version:0000} {step.Name}"),
                cancellationToken);
            Console.WriteLine(applied == 0
                ? $"Nothing to do: the schema is at version {Migration.Latest}."
                : $"Done: the schema is at version {Migration.Latest}.");
            return 0;
        }
        catch (Exception e) when (e is SchemaMismatchException or NpgsqlException or ArgumentException)
        {
            // Postgres adds lines about where in a statement it was.
            return Fail(e.Message.Split('\n')[0]);
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
