using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Applications;

/// <summary>
/// Approves an application: the organisation becomes a customer with a first department, or the applicant joins the
/// customer that there is. Either way the applicant is invited to administer it.
/// </summary>
internal sealed class ApproveApplication(InviteAdministrator invite)
{
    /// <returns>The application as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was decided on or changed by another, or the customer or administrator already
    /// exists.
    /// </exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await ApplicationDecision.LockAsync(work, id, request);
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        if (row.AppliesTo is { } customerId)
        {
            var customer = (await OrganisationRow.FindAsync(work.Db, customerId))!;
            await invite.ApplyAsync(work, terms, customer, Applicant(row, RightsToGive(work, customer)));
            return await ApplicationDecision.ApplyAsync(work, row, OrganisationStatus.Joined, "organisation.approved");
        }

        await RequireNoCustomerAsync(work, row);
        await work.Db.ExecuteAsync(
            """
            insert into department (id, organisation_id, name, billing_reference, inherits_billing)
            values (@department, @Id, @Name, @ReferenceInForce, true)
            """,
            new { department = Guid.CreateVersion7(), row.Id, row.Name, row.ReferenceInForce });
        var approved = await ApplicationDecision.ApplyAsync(
            work, row, OrganisationStatus.Customer, "organisation.approved");
        await invite.ApplyAsync(work, terms, row, Applicant(row, AdministratorRights.All));
        return approved;
    }

    private static AdministratorInvitation Applicant(OrganisationRow row, AdministratorRights rights) =>
        new(row.ContactEmail!, row.ContactName ?? "", IsOrganisationWide: true, rights, []);

    // An administrator cannot grant more than his own rights.
    private static AdministratorRights RightsToGive(UnitOfWork work, OrganisationRow customer)
    {
        var scope = work.Principal.At(customer.OperatorId, customer.Id);
        return scope.IsStaff ? AdministratorRights.All : scope.Member!.Rights;
    }

    private static async Task RequireNoCustomerAsync(UnitOfWork work, OrganisationRow row)
    {
        if (row.OrganisationNumber is not { } number)
        {
            return;
        }

        await Claim.CustomerAsync(work.Db, row.OperatorId, number);
        if (await work.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from organisation
              where operator_id = @OperatorId and organisation_number = @number and status = 2)
            """,
            new { row.OperatorId, number }))
        {
            throw new RefusedException(ProblemCode.Taken, "The organisation is a customer already.");
        }
    }
}
