using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Staff;

/// <summary>A person to be made staff by the operator's own command, with a password.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Name">The person's name, at most 120 characters; used when the person is new.</param>
/// <param name="Password">The password; null for one that is made up.</param>
/// <param name="ResetsPassword">Whether a person who has a password gets this one, too.</param>
internal sealed record CreateStaffRequest(
    string? Operator, string? Email, string? Name = null, string? Password = null, bool ResetsPassword = false);

/// <summary>A person who is staff now.</summary>
/// <param name="Row">The person.</param>
/// <param name="KeepsPassword">Whether the password is the one that the person had.</param>
/// <param name="MadeUpPassword">The password that was made up, which is kept nowhere else; null when none was.</param>
internal sealed record StaffCreated(StaffRow Row, bool KeepsPassword, string? MadeUpPassword);

/// <summary>
/// Makes a person staff of an operator, and gives staff a new password where no other way exists: the first member of
/// staff cannot be added over the API. A person who is staff already stays so.
/// </summary>
internal sealed class CreateStaff(Passwords passwords)
{
    /// <exception cref="RefusedException">
    /// There is no such operator, a field is wrong, or the password cannot be one.
    /// </exception>
    public async Task<StaffCreated> RunAsync(UnitOfWork work, CreateStaffRequest asked)
    {
        var fields = new Fields();
        var terms = await OperatorTerms.FindAsync(work.Db, asked.Operator ?? "");
        if (terms is null)
        {
            fields.Add(
                "operator", FieldCode.NotFound, $"{asked.Operator} is not there: make it with create-operator first");
        }

        var email = fields.Email("email", asked.Email);
        var name = fields.Optional("name", asked.Name, Limits.NameCharactersMax) ?? "";
        fields.ThrowIfAny();
        await StaffRow.LockAllAsync(work.Db, terms!.Id);
        var isNew = await StaffRow.AddAsync(work.Db, terms.Id, email, name) is not null;
        await work.Db.ExecuteAsync("select from control.person where email = @email for no key update", new { email });
        var row = await FindAsync(work, terms.Id, email);
        var password = asked.Password ?? Passwords.Random();
        fields.AddPasswordFault("password", await Passwords.FaultOfAsync(work.Db, row.PersonId, password));
        fields.ThrowIfAny();
        var keeps = row.HasPassword && !asked.ResetsPassword;
        if (!keeps)
        {
            await passwords.SetAsync(
                work.Db,
                row.PersonId,
                password,
                row.HasPassword ? "password.reset" : "password.chosen",
                by: null,
                address: null);
        }

        var after = await FindAsync(work, terms.Id, email);
        if (isNew)
        {
            await work.AuditAsync("staff.added", "staff:" + after.Id, terms.Id, after: after.Audited);
        }

        return new StaffCreated(after, keeps, keeps || asked.Password is not null ? null : password);
    }

    private static Task<StaffRow> FindAsync(UnitOfWork work, int operatorId, string email) =>
        work.Db.QuerySingleAsync<StaffRow>(
        $"select {StaffRow.Columns} and s.operator_id = @operatorId and p.email = @email", new { operatorId, email });
}
