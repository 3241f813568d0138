using System.CommandLine;
using Authorisation.Administration.Access;
using Authorisation.Core;
using Authorisation.Hosting.Settings;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes a person staff of an operator, and gives staff a new password where nobody else can.</summary>
internal static class CreateStaffCommand
{
    private const string PasswordVariable = "AUTHORISATION_STAFF_PASSWORD";

    public static Command Create()
    {
        var code = new Option<string>("--operator") { Description = "The operator's code.", Required = true };
        var email = new Option<string>("--email") { Description = "The person's e-mail address.", Required = true };
        var name = new Option<string>("--name") { Description = "The person's name.", DefaultValueFactory = _ => "" };
        var reset = new Option<bool>("--reset-password")
        {
            Description = "Give a person who has a password a new one; all of the person's sessions end.",
        };
        var connection = ConnectionOption.Create();
        var command = new Command(
            "create-staff",
            $"Make a person staff of an operator. A new person's password is that of {PasswordVariable}, or a new one that is printed once.")
        {
            code, email, name, reset, connection,
        };
        command.SetAction((parsed, _) => ConnectionOption.RunAsync(parsed.GetValue(connection), source => CreateAsync(
            source, parsed.GetValue(code)!, parsed.GetValue(email)!, parsed.GetValue(name)!,
            Environment.GetEnvironmentVariable(PasswordVariable), parsed.GetValue(reset))));
        return command;
    }

    /// <summary>Makes the person and says what happened.</summary>
    internal static async Task<string> CreateAsync(
        NpgsqlDataSource source, string code, string emailText, string name, string? givenPassword, bool resetsPassword = false)
    {
        if (!EmailAddress.TryNormalise(emailText, out var email))
        {
            throw new SettingException("--email", $"{emailText} is not an e-mail address");
        }

        await using var db = await source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var operatorId = await db.QuerySingleOrDefaultAsync<int?>("select id from operator where code = @code", new { code })
            ?? throw new SettingException("--operator", $"{code} is not there: make it with create-operator first");
        await db.ExecuteAsync(
            "insert into control.person (id, email, name) values (@id, @email, @name) on conflict (email) do nothing",
            new { id = Guid.CreateVersion7(), email, name });
        var (personId, hasPassword) = await db.QuerySingleAsync<(Guid, bool)>(
            "select id, password_hash is not null from control.person where email = @email for no key update", new { email });
        var isNew = await db.ExecuteAsync(
            """
            insert into control.staff as s (person_id, operator_id) values (@personId, @operatorId)
            on conflict (person_id, operator_id) do update
            set removed_at = null, made_at = ledger_now(), id = gen_random_uuid() where s.removed_at is not null
            """,
            new { operatorId, personId }) > 0;
        if (isNew)
        {
            await Audit.AddAsync(db, new AuditLine(
                "staff.created", "person:" + email, operatorId, null, null, null, "", null, null, null));
        }

        var password = givenPassword ?? Passwords.Random();
        var setsPassword = !hasPassword || resetsPassword;
        if (await Passwords.FaultOfAsync(db, personId, password) is var fault and not PasswordFault.None)
        {
            throw new SettingException(PasswordVariable, NewPassword.Explain(fault));
        }

        if (setsPassword)
        {
            await new Passwords().SetAsync(
                db, personId, password, hasPassword ? "password.reset" : "password.chosen", by: null, address: null);
        }

        await transaction.CommitAsync();
        return !setsPassword
            ? $"{email} is staff of {code}; the password is the one that the person has already. A new one: --reset-password."
            : givenPassword is null ? $"{email} is staff of {code}, with the password {password}"
            : $"{email} is staff of {code}.";
    }
}
