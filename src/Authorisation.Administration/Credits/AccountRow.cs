using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Credits;

/// <summary>A credit account as the database has it, with its balance in the month that it is now.</summary>
internal sealed record AccountRow
{
    public const string Columns = """
        a.id, p.traveller_id, p.organisation_id, p.department_id, a.operator_id, o.currency, o.time_zone, a.kind,
        a.card_number, a.mobile, a.limit_minor, a.activated_at, a.blocked_at, a.removed_at, a.given_at, a.revision,
        case when a.month = m.number then a.spent_minor else 0 end as spent_minor,
        case when a.month = m.number then a.held_minor else 0 end as held_minor,
        m.number as month, o.offers_card_credit, g.suspended_at,
        case when a.has_rule or g.rules_version > 0 or o.not_on_credit is not null
          then purchase_rules(a.id, p.department_id, g.id, o.id) end as rules,
        a.first_day, a.last_day, a.extra_month, a.extra_minor, ledger_now() as read_at,
        exists (
          select from prepaid_card k
          where a.kind = 1 and k.operator_id = a.operator_id and k.card_number = a.card_number) as has_tickets,
        c.login, c.expires_at as code_expires_at, c.tries as code_tries, c.used_at as code_used_at, c.device_name
        from credit_account a
        join billing_snapshot p on p.id = a.billing_snapshot_id
        join operator o on o.id = a.operator_id
        join organisation g on g.id = p.organisation_id
        cross join lateral (select to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer as number) m
        left join lateral (
          select login, expires_at, tries, used_at, device_name
          from control.activation_code
          where account_id = a.id and (ended_at is null or used_at is not null)
          order by used_at is null desc, made_at desc
          limit 1) c on true
        """;

    public required Guid Id { get; init; }

    public required Guid TravellerId { get; init; }

    public required Guid OrganisationId { get; init; }

    public required Guid DepartmentId { get; init; }

    public required int OperatorId { get; init; }

    public required string Currency { get; init; }

    public required string TimeZone { get; init; }

    public required InstrumentKind Kind { get; init; }

    public string? CardNumber { get; init; }

    public string? Mobile { get; init; }

    public required long LimitMinor { get; init; }

    public DateTime? ActivatedAt { get; init; }

    public DateTime? BlockedAt { get; init; }

    public DateTime? RemovedAt { get; init; }

    public required long SpentMinor { get; init; }

    public required long HeldMinor { get; init; }

    public required int Month { get; init; }

    public required long Revision { get; init; }

    public string? Login { get; init; }

    public DateTime? CodeExpiresAt { get; init; }

    public short? CodeTries { get; init; }

    public DateTime? CodeUsedAt { get; init; }

    public string? DeviceName { get; init; }

    public required bool OffersCardCredit { get; init; }

    public required bool HasTickets { get; init; }

    public DateTime? SuspendedAt { get; init; }

    /// <summary>The rules that purchases must keep, as the ledger writes them.</summary>
    public string? Rules { get; init; }

    public DateOnly? FirstDay { get; init; }

    public DateOnly? LastDay { get; init; }

    public int? ExtraMonth { get; init; }

    public long? ExtraMinor { get; init; }

    public required DateTime ReadAt { get; init; }

    /// <summary>What this month has beyond the limit, in minor units.</summary>
    public long ExtraThisMonthMinor => ExtraMonth == Month ? ExtraMinor ?? 0 : 0;

    /// <summary>
    /// What every purchase would be declined for now, whatever it costs; by the rule that decides purchases.
    /// </summary>
    public DeclineReason DeclineReason => Decide.ReasonNotUsable(
        AsDecided(), new DateTimeOffset(ReadAt, TimeSpan.Zero), TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    public string Status => BlockedAt is null ? "active" : "blocked";

    private CreditAccount AsDecided() => new()
    {
        Id = Id,
        Instrument = CardNumber is { } card ? Instrument.Card(OperatorId, card) : Instrument.App(OperatorId, Id),
        Version = 0,
        LimitMinor = LimitMinor,
        Balance = default,
        BillingSnapshotId = 0,
        CardCreditNotOffered = Kind == InstrumentKind.Card && !OffersCardCredit,
        Removed = RemovedAt is not null,
        AwaitsActivation = Kind == InstrumentKind.App && ActivatedAt is null,
        Blocked = BlockedAt is not null,
        OrganisationSuspended = SuspendedAt is not null,
        CardHasTickets = HasTickets,
        Rules = Rules is not null && PurchaseRules.TryParse(Rules, out var rules) ? rules : null,
        Dates = FirstDay is null && LastDay is null ? null : new CreditDates(FirstDay, LastDay, ExtraMonth: default, ExtraMinor: 0),
    };

    /// <summary>What the audit trail says of an account before and after a change of it.</summary>
    public object Audited() => new { LimitMinor, ExtraMinor = ExtraThisMonthMinor, FirstDay, LastDay, DepartmentId, Status };

    public static async Task<AccountRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<AccountRow>(
            $"select {Columns} where a.id = @id and a.removed_at is null", new { id });

    /// <summary>
    /// The account, removed or not, for a caller who may see it: what was bought on it stays to be read.
    /// </summary>
    public static async Task<(AccountRow Row, AccessScope Scope)> GetVisibleOrRemovedAsync(UnitOfWork work, Guid id)
    {
        var row = await work.Db.QuerySingleOrDefaultAsync<AccountRow>($"select {Columns} where a.id = @id", new { id })
            ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId));
    }

    /// <summary>The account, for a principal who may see it.</summary>
    public static async Task<(AccountRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId));
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, to change it: keeps the organisation as it is and locks the traveller, as
    /// every change of the traveller's credits does, and then the account itself, which purchases wait for.
    /// </summary>
    public static async Task<(AccountRow Row, AccessScope Scope)> LockForChangeAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await GetVisibleAsync(work, id);
        await OrganisationRow.LockSharedAsync(work.Db, row.OrganisationId);
        await work.Db.ExecuteAsync("select from traveller where id = @TravellerId for no key update", new { row.TravellerId });
        await work.Db.ExecuteAsync("select from credit_account where id = @id for no key update", new { id });
        row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        // Another department may pay by now.
        scope.RequireAdministration(row.DepartmentId, row.TravellerId);
        return (row, scope);
    }
}
