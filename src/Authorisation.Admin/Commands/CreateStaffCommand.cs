using System.CommandLine;
using System.Security.Cryptography;
using Authorisation.Admin.Access;
using Authorisation.Core;
using Authorisation.Hosting.Settings;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes a person staff of an operator.</summary>
internal static class CreateStaffCommand
{
    private const string PasswordVariable = "AUTHORISATION_STAFF_PASSWORD";
    private const int NewPasswordLength = 20;

    public static Command Create()
    {
        var code = new Option<string>("--operator") { Description = "The operator's code.", Required = true };
        var email = new Option<string>("--email") { Description = "The person's e-mail address.", Required = true };
        var name = new Option<string>("--name") { Description = "The person's name.", DefaultValueFactory = _ => "" };
        var connection = ConnectionOption.Create();
        var command = new Command(
            "create-staff",
            $"Make a person staff of an operator. A new person's password is that of {PasswordVariable}, or a new one that is printed once.")
        {
            code, email, name, connection,
        };
        command.SetAction((parsed, _) => ConnectionOption.RunAsync(parsed.GetValue(connection), source => CreateAsync(
            source, parsed.GetValue(code)!, parsed.GetValue(email)!, parsed.GetValue(name)!,
            Environment.GetEnvironmentVariable(PasswordVariable))));
        return command;
    }

    /// <summary>Makes the person and says what happened.</summary>
    internal static async Task<string> CreateAsync(
        NpgsqlDataSource source, string code, string emailText, string name, string? givenPassword)
    {
        if (!EmailAddress.TryNormalise(emailText, out var email))
        {
            throw new SettingException("--email", $"{emailText} is not an e-mail address");
        }

        if (givenPassword is { Length: < Limits.PasswordCharactersMin or > Limits.PasswordCharactersMax })
        {
            throw new SettingException(
                PasswordVariable, $"must be {Limits.PasswordCharactersMin} to {Limits.PasswordCharactersMax} characters");
        }

        await using var db = await source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var operatorId = await db.QuerySingleOrDefaultAsync<int?>("select id from operator where code = @code", new { code })
            ?? throw new SettingException("--operator", $"{code} is not there: make it with create-operator first");
        var password = givenPassword ?? RandomNumberGenerator.GetString(
            "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", NewPasswordLength);
        var isNew = await db.ExecuteAsync(
            """
            insert into control.person (id, email, name, password_hash) values (@id, @email, @name, @hash)
            on conflict (email) do update set password_hash = excluded.password_hash, failures = 0, locked_until = null
            where control.person.password_hash is null
            """,
            new { id = Guid.CreateVersion7(), email, name, hash = new Passwords().Hash(password) }) > 0;
        await db.ExecuteAsync(
            """
            insert into control.staff (person_id, operator_id)
            select id, @operatorId from control.person where email = @email
            on conflict (person_id, operator_id) do update set removed_at = null
            """,
            new { operatorId, email });
        await Audit.AddAsync(db, new AuditLine(
            "staff.created", "person:" + email, operatorId, null, null, null, "", null, null, null));
        await transaction.CommitAsync();
        return !isNew ? $"{email} is staff of {code}; the password is the one that the person has already."
            : givenPassword is null ? $"{email} is staff of {code}, with the password {password}"
            : $"{email} is staff of {code}.";
    }
}
