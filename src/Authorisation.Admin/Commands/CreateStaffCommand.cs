using System.CommandLine;
using Authorisation.Administration.Access;
using Authorisation.Administration.Staff;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes a person staff of an operator, and gives staff a new password where no other way exists.</summary>
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
            Environment.GetEnvironmentVariable(PasswordVariable), parsed.GetValue(reset)), (
                "password", PasswordVariable)));
        return command;
    }

    /// <summary>Makes the person and says what happened.</summary>
    internal static async Task<string> CreateAsync(
        NpgsqlDataSource source,
        string code,
        string email,
        string name,
        string? givenPassword,
        bool resetsPassword = false)
    {
        var made = await ConnectionOption.WorkAsync(source, work => new CreateStaff(new Passwords()).RunAsync(
            work, new CreateStaffRequest(code, email, name, givenPassword, resetsPassword)));
        return made.KeepsPassword
            ? $"{made.Row.Email} is staff of {code}; the password is the one that the person has already. "
                + "A new one: --reset-password."
            : made.MadeUpPassword is { } password ? $"{made.Row.Email} is staff of {code}, with the password {password}"
            : $"{made.Row.Email} is staff of {code}.";
    }
}
