using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Staff;

/// <summary>A person to be made staff.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not name it.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Name">The person's name, at most 120 characters; null when it is not known.</param>
internal sealed record StaffRequest(string? Operator, string? Email, string? Name);

/// <summary>
/// Makes a person staff of an operator, by its staff. A person who has a password gets an e-mail that says so; another
/// one gets a link to choose the first.
/// </summary>
internal sealed class AddStaff(Outbox outbox, PortalLinks links)
{
    /// <exception cref="RefusedException">
    /// The principal is no staff, a field is wrong, the person is staff already, or a bound of messages is reached.
    /// </exception>
    public async Task<StaffRow> RunAsync(UnitOfWork work, Request<StaffRequest> request)
    {
        StaffOperators.RequireAny(work);
        var asked = request.Read();
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(work, fields, asked.Operator);
        var email = fields.Email("email", asked.Email);
        var name = fields.Optional("name", asked.Name, Limits.NameCharactersMax) ?? "";
        fields.ThrowIfAny();
        await StaffRow.LockAllAsync(work.Db, terms!.Id);
        var id = await StaffRow.AddAsync(work.Db, terms.Id, email, name)
            ?? throw new RefusedException(ProblemCode.StaffAlready, "The person is staff of the operator already.");
        var row = (await StaffRow.FindAsync(work.Db, id))!;
        await InviteAsync(work, terms, row);
        await work.AuditAsync("staff.added", "staff:" + id, terms.Id, after: row.Audited);
        return row;
    }

    private async Task InviteAsync(UnitOfWork work, OperatorTerms terms, StaffRow row)
    {
        var kind = row.HasPassword ? MessageKind.StaffAdded : MessageKind.StaffInvitation;
        var (subject, text) = row.HasPassword
            ? MessageTexts.StaffAdded(terms)
            : MessageTexts.StaffInvitation(
                terms, links.PasswordReset(await PasswordLink.NewAsync(work.Db, row.PersonId, Limits.InvitationTime)));
        await outbox.AddAsync(work.Db, new NewMessage(terms, kind, row.Email, subject, text, Limits.InvitationTime));
    }
}
