using Authorisation.Administration.Access;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.StaffOffers;

/// <summary>How an application for a staff offer stands. Stored; the numbers never change.</summary>
internal enum StaffApplicationState
{
    /// <summary>An administrator has to decide.</summary>
    Applied = 1,

    /// <summary>The ticket was ordered.</summary>
    Approved = 2,

    /// <summary>An administrator refused it.</summary>
    Refused = 3,

    /// <summary>It was taken back before it was decided.</summary>
    Withdrawn = 4,
}

/// <summary>An application for a staff offer as the database has it.</summary>
internal sealed record StaffApplicationRow
{
    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = """
        a.id, a.offer_id, f.product, a.operator_id, o.currency, a.organisation_id, a.department_id, a.traveller_id,
        coalesce(nullif(t.name, ''), t.email) as traveller, a.card_number, a.mobile, a.state, a.price_minor, a.ticket_id,
        a.refusal_reason, a.applied_at, a.decided_at, a.revision
        from control.staff_application a
        join control.staff_offer f on f.id = a.offer_id
        join operator o on o.id = a.operator_id
        join traveller t on t.id = a.traveller_id
        """;

    public required Guid Id { get; init; }

    public required Guid OfferId { get; init; }

    /// <summary>The product's code.</summary>
    public required string Product { get; init; }

    public required int OperatorId { get; init; }

    public required string Currency { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The department that pays.</summary>
    public required Guid DepartmentId { get; init; }

    public required Guid TravellerId { get; init; }

    /// <summary>The traveller's name.</summary>
    public required string Traveller { get; init; }

    public string? CardNumber { get; init; }

    public string? Mobile { get; init; }

    public required StaffApplicationState State { get; init; }

    /// <summary>What was charged; null until it is approved.</summary>
    public long? PriceMinor { get; init; }

    /// <summary>The ticket that was ordered.</summary>
    public Guid? TicketId { get; init; }

    public string? RefusalReason { get; init; }

    public required DateTime AppliedAt { get; init; }

    public DateTime? DecidedAt { get; init; }

    public required long Revision { get; init; }

    /// <summary>What is to carry the ticket; null once the person was erased.</summary>
    public TicketBearer? Bearer => TicketBearer.Of(CardNumber, Mobile);

    /// <summary>The audit trail's name of it.</summary>
    public string Subject => "staff_application:" + Id;

    /// <summary>What the audit trail says of it.</summary>
    public object Audited() => new { Id, OfferId, Product, TravellerId, State = Words.Of(State), PriceMinor, TicketId, RefusalReason };

    public static async Task<StaffApplicationRow> GetAsync(NpgsqlConnection db, Guid id) => (await FindAsync(db, id, ""))!;

    /// <summary>The application, for its traveller, and for administrators with the right to purchases.</summary>
    /// <exception cref="RefusedException">404, or 403 without the right.</exception>
    public static Task<StaffApplicationRow> GetVisibleAsync(UnitOfWork work, Guid id) => GetAsync(work, id, "");

    /// <summary>As <see cref="GetVisibleAsync"/>, to change it.</summary>
    public static Task<StaffApplicationRow> LockForChangeAsync(UnitOfWork work, Guid id) =>
        GetAsync(work, id, "for no key update of a");

    /// <summary>As <see cref="LockForChangeAsync"/>, for the administrators who decide.</summary>
    /// <exception cref="RefusedException">Also 403 for the traveller, and <see cref="ProblemCode.DecidedAlready"/>.</exception>
    public static async Task<StaffApplicationRow> LockToDecideAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await LockForChangeAsync(work, id);
        work.Principal.At(row.OperatorId, row.OrganisationId).RequireAdministration(row.DepartmentId, row.TravellerId)
            .Require(AdministratorRights.Purchases);
        request.RequireRevision(row.Revision);
        row.RequireApplied();
        return row;
    }

    /// <summary>Refuses what was decided or taken back.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.DecidedAlready"/>.</exception>
    public void RequireApplied()
    {
        if (State != StaffApplicationState.Applied)
        {
            throw new RefusedException(ProblemCode.DecidedAlready, $"The application is {Words.Of(State)} already.");
        }
    }

    /// <summary>Adds a line about the change to the audit trail.</summary>
    /// <returns>The application as it is now.</returns>
    public async Task<StaffApplicationRow> AuditAsync(UnitOfWork work, string action)
    {
        var after = await GetAsync(work.Db, Id);
        await work.AuditAsync(action, Subject, OperatorId, OrganisationId, DepartmentId, Audited(), after.Audited());
        return after;
    }

    private static async Task<StaffApplicationRow> GetAsync(UnitOfWork work, Guid id, string locking)
    {
        var row = await FindAsync(work.Db, id, locking) ?? throw Problems.NotFound();
        work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId)
            .RequirePurchasesOf(row.TravellerId);
        return row;
    }

    private static Task<StaffApplicationRow?> FindAsync(NpgsqlConnection db, Guid id, string locking) =>
        db.QuerySingleOrDefaultAsync<StaffApplicationRow>($"select {Columns} where a.id = @id {locking}", new { id });
}
