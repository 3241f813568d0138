using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>
/// Orders tickets for travellers of a customer and for others, all or none: each at the price of the day, charged to the
/// department that pays.
/// </summary>
internal sealed class OrderTickets(SendTickets send)
{
    /// <returns>The order.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen, is no customer or is suspended, the principal lacks the right to purchases, or fields
    /// are wrong.
    /// </exception>
    public async Task<TicketOrderDetails> RunAsync(UnitOfWork work, Guid organisationId, Request<TicketOrderRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        await OrganisationRow.LockSharedAsync(work.Db, organisationId);
        organisation = (await OrganisationRow.FindAsync(work.Db, organisationId))!;
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var department = await DepartmentRow.NamedAsync(
            work.Db, fields, "department_id", asked.DepartmentId, organisationId, scope);
        var reason = fields.Required("reason", asked.Reason, Limits.ReasonCharactersMax);
        var items = asked.Items ?? [];
        if (items.Count is 0 or > Limits.TicketsOfOrderMax)
        {
            fields.Add(asked.Items is null
                ? new FieldError("items", FieldCode.Required, "is required: the tickets")
                : Fields.OutOfRange("items", 1, Limits.TicketsOfOrderMax, " tickets"));
            items = [];
        }

        var check = await OrderFields.BeginAsync(work, fields, terms, organisation, scope, items);
        var tickets = items.Select((item, i) => check.Check(i, item)).ToList();
        await SendTickets.ClaimAsync(
            work, fields, terms,
            [.. tickets.Select((ticket, i) => (Field: $"items[{i}].bearer", ticket?.Bearer))
                .Where(one => one.Bearer is not null).Select(one => (one.Field, one.Bearer!))]);
        fields.ThrowIfAny();
        if (organisation.SuspendedAt is not null)
        {
            throw new RefusedException(ProblemCode.Suspended, "The organisation is suspended: it can order no tickets.");
        }

        await AddTemporaryAsync(work, organisationId, department!.Id, check);
        var order = new NewTicketOrder(
            organisationId, organisation.Name, department.Id, reason, [.. tickets.Select(ticket => ticket!)]);
        return (await TicketOrderDetails.FindAsync(work.Db, await send.ApplyAsync(work, terms, order)))!;
    }

    private static Task<int> AddTemporaryAsync(UnitOfWork work, Guid organisationId, Guid departmentId, OrderFields check) =>
        work.Db.ExecuteAsync(
            """
            insert into traveller (id, organisation_id, department_id, name, email, mobile, is_temporary, removed_at)
            select id, @organisationId, @departmentId, name, '', mobile, true, ledger_now()
            from unnest(@ids::uuid[], @names::text[], @mobiles::text[]) t(id, name, mobile)
            """,
            new
            {
                organisationId,
                departmentId,
                ids = check.Temporary.Select(who => who.Id).ToArray(),
                names = check.Temporary.Select(who => who.Name).ToArray(),
                mobiles = check.Temporary.Select(who => who.Mobile).ToArray(),
            });
}
