using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A subscription as the database has it, with its product and how it stands in the month that it is.</summary>
internal sealed record SubscriptionRow
{
    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = """
        s.id, s.operator_id, o.currency, s.organisation_id, s.department_id, s.traveller_id, r.employee_number, s.mobile,
        s.first_name, s.last_name, s.is_by_link, s.state, s.ordered_at, s.decided_at, s.refusal_reason, s.first_month,
        s.last_month, s.announced_month, s.begun_month, s.revision,
        to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer as current_month,
        p.product, p.from_month as product_from_month, later.product as next_product, later.from_month as next_product_from_month
        from control.subscription s
        join operator o on o.id = s.operator_id
        join traveller r on r.id = s.traveller_id
        join lateral (
          select q.product, q.from_month from control.subscription_product q
          where q.subscription_id = s.id
            and q.from_month <= greatest(s.first_month, to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer)
          order by q.from_month desc limit 1) p on true
        left join lateral (
          select q.product, q.from_month from control.subscription_product q
          where q.subscription_id = s.id and q.from_month > p.from_month order by q.from_month limit 1) later on true
        """;

    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    public required string Currency { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The department that pays.</summary>
    public required Guid DepartmentId { get; init; }

    /// <summary>The traveller that it is invoiced for.</summary>
    public required Guid TravellerId { get; init; }

    public string? EmployeeNumber { get; init; }

    /// <summary>The telephone that it comes to; empty once the person was erased.</summary>
    public required string Mobile { get; init; }

    public required string FirstName { get; init; }

    public required string LastName { get; init; }

    /// <summary>Ordered by the link, or added by an administrator.</summary>
    public required bool IsByLink { get; init; }

    public required SubscriptionState State { get; init; }

    public required DateTime OrderedAt { get; init; }

    public DateTime? DecidedAt { get; init; }

    public string? RefusalReason { get; init; }

    public required int FirstMonth { get; init; }

    public int? LastMonth { get; init; }

    /// <summary>The last month that the ticket system was asked for.</summary>
    public required int AnnouncedMonth { get; init; }

    /// <summary>The last month that was begun.</summary>
    public required int BegunMonth { get; init; }

    public required long Revision { get; init; }

    /// <summary>The month that it is at the operator.</summary>
    public required int CurrentMonth { get; init; }

    /// <summary>The product of this month, or of the first one while it has not begun.</summary>
    public required string Product { get; init; }

    /// <summary>The product that it changes to.</summary>
    public string? NextProduct { get; init; }

    /// <summary>From which month on.</summary>
    public int? NextProductFromMonth { get; init; }

    public CreditMonth First => CreditMonth.FromNumber(FirstMonth);

    public CreditMonth? Last => LastMonth is { } month ? CreditMonth.FromNumber(month) : null;

    // A month that was begun has come, also for a statement that asked for the time before it waited for the row.
    public CreditMonth Current => CreditMonth.FromNumber(Math.Max(CurrentMonth, BegunMonth));

    /// <summary>How it stands.</summary>
    public SubscriptionStatus Status => State switch
    {
        SubscriptionState.Pending => SubscriptionStatus.Pending,
        SubscriptionState.Refused => SubscriptionStatus.Refused,
        SubscriptionState.Withdrawn => SubscriptionStatus.Withdrawn,
        _ when Current < First => SubscriptionStatus.Approved,
        _ when Last is not { } last => SubscriptionStatus.Running,
        _ when Current > Last => SubscriptionStatus.Ended,
        _ => SubscriptionStatus.Ending,
    };

    /// <summary>Whether something of it is still to come.</summary>
    public bool IsLive => Status is SubscriptionStatus.Pending or SubscriptionStatus.Approved or SubscriptionStatus.Running;

    /// <summary>The audit trail's name of it.</summary>
    public string Subject => "subscription:" + Id;

    /// <summary>What the audit trail says of it; the telephone's number is the ticket system's and the traveller's matter.</summary>
    public object Audited() => new
    {
        Id,
        Status = Words.Of(Status),
        Product,
        NextProduct,
        FirstMonth = First.ToString(),
        LastMonth = Last?.ToString(),
        TravellerId,
        RefusalReason,
    };

    public static async Task<SubscriptionRow> GetAsync(NpgsqlConnection db, Guid id) =>
        (await FindAsync(db, id, forChange: false))!;

    /// <summary>The subscription, for those who may see it: administrators, staff, its traveller and the holder of its telephone.</summary>
    /// <exception cref="RefusedException">404; 403 without the right to purchases.</exception>
    public static Task<SubscriptionRow> GetVisibleAsync(UnitOfWork work, Guid id) => GetAsync(work, id, forChange: false);

    /// <summary>As <see cref="GetVisibleAsync"/>, to change it.</summary>
    public static Task<SubscriptionRow> LockForChangeAsync(UnitOfWork work, Guid id) => GetAsync(work, id, forChange: true);

    /// <summary>As <see cref="LockForChangeAsync"/>, for those who decide: not for its traveller and the holder of its telephone.</summary>
    /// <exception cref="RefusedException">As of <see cref="GetVisibleAsync"/>.</exception>
    public static async Task<SubscriptionRow> LockToDecideAsync(UnitOfWork work, Guid id)
    {
        var principal = work.Principal;
        var row = await LockForChangeAsync(work, id);
        principal.At(row.OperatorId, row.OrganisationId).RequireAdministration(row.DepartmentId, row.TravellerId)
            .Require(AdministratorRights.Purchases);
        return row;
    }

    private static async Task<SubscriptionRow> GetAsync(UnitOfWork work, Guid id, bool forChange)
    {
        var row = await FindAsync(work.Db, id, forChange) ?? throw Problems.NotFound();
        if (work.PhoneIfAny is { } phone)
        {
            return phone.OrganisationId == row.OrganisationId && phone.Mobile == row.Mobile ? row : throw Problems.NotFound();
        }

        work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId)
            .RequirePurchasesOf(row.TravellerId);
        return row;
    }

    private static Task<SubscriptionRow?> FindAsync(NpgsqlConnection db, Guid id, bool forChange) =>
        db.QuerySingleOrDefaultAsync<SubscriptionRow>(
            $"select {Columns} where s.id = @id {(forChange ? "for no key update of s" : "")}", new { id });
}
