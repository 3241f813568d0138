using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Tickets;

/// <summary>A ticket as the database has it.</summary>
internal sealed record TicketRow
{
    public const string Columns = """
        t.id, t.order_id, t.ordinal, t.operator_id, t.organisation_id, t.department_id, t.traveller_id,
        coalesce(nullif(r.name, ''), r.email) as traveller, r.is_temporary, t.product, o.currency, t.price_minor, t.charge_id,
        t.ordered_at, t.journey::text as journey, t.state, t.card_number, t.mobile, t.bearer_since, t.revision, d.reason
        from control.ticket t
        join control.ticket_order d on d.id = t.order_id
        join operator o on o.id = t.operator_id
        join traveller r on r.id = t.traveller_id
        """;

    public required Guid Id { get; init; }

    public required Guid OrderId { get; init; }

    /// <summary>Its place in the order, from 1.</summary>
    public required short Ordinal { get; init; }

    public required int OperatorId { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The department that pays.</summary>
    public required Guid DepartmentId { get; init; }

    public required Guid TravellerId { get; init; }

    /// <summary>The traveller's name as it is now.</summary>
    public required string Traveller { get; init; }

    public required bool IsTemporary { get; init; }

    public required string Product { get; init; }

    public required string Currency { get; init; }

    /// <summary>The price of the day of the order, VAT included.</summary>
    public required long PriceMinor { get; init; }

    public required Guid ChargeId { get; init; }

    public required DateTime OrderedAt { get; init; }

    public string? Journey { get; init; }

    public required TicketState State { get; init; }

    public string? CardNumber { get; init; }

    public string? Mobile { get; init; }

    /// <summary>Since when it is on this bearer.</summary>
    public required DateTime BearerSince { get; init; }

    public required long Revision { get; init; }

    /// <summary>Why it was ordered.</summary>
    public required string Reason { get; init; }

    /// <summary>What carries it; null when the person was erased.</summary>
    public TicketBearer? Bearer => TicketBearer.Of(CardNumber, Mobile);

    /// <summary>The audit trail's name of it.</summary>
    public string Subject => "ticket:" + Id;

    /// <summary>What the audit trail says of a ticket before and after a change of it.</summary>
    public object Audited() => new { State = Words.Of(State), Bearer = Bearer?.ToString() };

    public static async Task<TicketRow?> FindAsync(NpgsqlConnection db, Guid id, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<TicketRow>(
            $"select {Columns} where t.id = @id {(forChange ? "for no key update of t" : "")}", new { id });

    /// <summary>The ticket, for its traveller, and for a principal who may see it and look into purchases.</summary>
    /// <exception cref="RefusedException">404, or 403 without the right.</exception>
    public static async Task<(TicketRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        var scope = work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId);
        return (row, scope.RequirePurchasesOf(row.TravellerId));
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, but not for its traveller, and locks it: what races for it comes before, or meets what
    /// this leaves.
    /// </summary>
    public static async Task<(TicketRow Row, AccessScope Scope)> LockForChangeAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await GetVisibleAsync(work, id);
        scope.RequireAdministration(row.DepartmentId, row.TravellerId).Require(AdministratorRights.Purchases);
        return ((await FindAsync(work.Db, row.Id, forChange: true))!, scope);
    }

    /// <summary>
    /// Locks the ticket for a report of it: by the ticket system of its operator, or by that one's staff in its place.
    /// </summary>
    /// <exception cref="RefusedException">404, or 403 for a person who sees it and is no staff.</exception>
    public static async Task<TicketRow> LockForReportAsync(UnitOfWork work, Guid id)
    {
        if (work.TicketSystemIfAny is not { } system)
        {
            var (row, scope) = await LockForChangeAsync(work, id);
            scope.RequireStaff();
            return row;
        }

        return await FindAsync(work.Db, id, forChange: true) is { } ticket && ticket.OperatorId == system.OperatorId
            ? ticket
            : throw Problems.NotFound();
    }
}
