using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Requests;

/// <summary>What a traveller asks for.</summary>
internal enum RequestKind
{
    /// <summary>A higher limit of a credit.</summary>
    MoreCredit = 1,

    /// <summary>A new code for the app.</summary>
    NewCode = 2,

    /// <summary>Another mobile number.</summary>
    NewMobile = 3,
}

/// <summary>How a request stands. Stored; the numbers never change.</summary>
internal enum RequestState
{
    /// <summary>It waits for an administrator.</summary>
    Open = 1,

    /// <summary>It was granted, and done.</summary>
    Granted = 2,

    /// <summary>It was refused, with a reason.</summary>
    Refused = 3,

    /// <summary>The traveller asked again before it was decided.</summary>
    Replaced = 4,
}

/// <summary>A request of a traveller, as the database has it.</summary>
internal sealed record TravellerRequest
{
    private const string Columns = """
        r.id, r.traveller_id, t.name as traveller_name, t.email as traveller_email, r.organisation_id, g.operator_id,
        t.department_id, r.account_id, r.kind, r.limit_minor, r.mobile, r.text, r.state, r.reason, r.made_at, r.decided_at
        from control.traveller_request r
        cross join lateral (
          select t.name, t.email, t.department_id from traveller t where t.id = r.traveller_id and t.removed_at is null offset 0) t
        join organisation g on g.id = r.organisation_id
        """;

    public required Guid Id { get; init; }

    public required Guid TravellerId { get; init; }

    public required string TravellerName { get; init; }

    public required string TravellerEmail { get; init; }

    public required Guid OrganisationId { get; init; }

    public required int OperatorId { get; init; }

    /// <summary>The traveller's, now.</summary>
    public Guid? DepartmentId { get; init; }

    /// <summary>The credit that it is about; null for another mobile number.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>A <see cref="RequestKind"/>, in words.</summary>
    public required string Kind { get; init; }

    /// <summary>The limit a month that is wished for.</summary>
    public long? LimitMinor { get; init; }

    /// <summary>The mobile number that is wished for.</summary>
    public string? Mobile { get; init; }

    /// <summary>The traveller's own words.</summary>
    public string? Text { get; init; }

    public required RequestState State { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? Reason { get; init; }

    public required DateTime MadeAt { get; init; }

    public DateTime? DecidedAt { get; init; }

    /// <summary>The kind.</summary>
    public RequestKind KindValue => Words.Read<RequestKind>(Kind);

    /// <summary>The right that granting or refusing it takes; granting may take more, by what it does.</summary>
    public AdministratorRights Right =>
        KindValue == RequestKind.NewMobile ? AdministratorRights.Travellers : AdministratorRights.Credits;

    /// <summary>What the audit trail says of it.</summary>
    public object Audited() => new { Id, TravellerId, AccountId, Kind, LimitMinor, Mobile, State = Words.Of(State), Reason };

    public static async Task<TravellerRequest?> FindAsync(NpgsqlConnection db, Guid id, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<TravellerRequest>(
            $"select {Columns} where r.id = @id {(forChange ? "for no key update of r" : "")}", new { id });

    /// <summary>The request, for the traveller and for those who see the traveller.</summary>
    public static async Task<(TravellerRequest Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id) =>
        Visible(work, await FindAsync(work.Db, id));

    /// <summary>As <see cref="GetVisibleAsync"/>, to decide on it: locked, and by an administrator with the right.</summary>
    /// <exception cref="RefusedException">It cannot be seen or decided on, or has been decided.</exception>
    public static async Task<TravellerRequest> LockToDecideAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = Visible(work, await FindAsync(work.Db, id, forChange: true));
        scope.RequireAdministration(row.DepartmentId, row.TravellerId).Require(row.Right);
        return row.State == RequestState.Open
            ? row
            : throw new RefusedException(ProblemCode.DecidedAlready, $"The request is not open any more: it was {Words.Of(row.State)}.");
    }

    /// <summary>Those of an organisation whose travellers the principal sees.</summary>
    public static async Task<IReadOnlyList<TravellerRequest>> ListAsync(
        UnitOfWork work, Guid organisationId, RequestState? state, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        return [.. await work.Db.QueryAsync<TravellerRequest>(
            $"""
            select {Columns}
            where r.organisation_id = @organisationId and r.id > @After and (@state::smallint is null or r.state = @state)
              and (@departments::uuid[] is null or t.department_id = any(@departments))
            order by r.id limit @Count
            """,
            new { organisationId, page.After, page.Count, state = (short?)state, departments = scope.ListedDepartments })];
    }

    /// <summary>Those of a traveller.</summary>
    public static async Task<IReadOnlyList<TravellerRequest>> ListOfTravellerAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        await Credits.TravellerRow.GetVisibleAsync(work, travellerId);
        return [.. await work.Db.QueryAsync<TravellerRequest>(
            $"select {Columns} where r.traveller_id = @travellerId and r.id > @After order by r.id limit @Count",
            new { travellerId, page.After, page.Count })];
    }

    /// <summary>Writes down how it was decided, in the principal's name.</summary>
    /// <returns>The request as it is now.</returns>
    public async Task<TravellerRequest> DecideAsync(UnitOfWork work, RequestState state, string? reason)
    {
        await work.Db.ExecuteAsync(
            """
            update control.traveller_request
            set state = @state, reason = @reason, decided_by = @PersonId, decided_at = ledger_now()
            where id = @Id
            """,
            new { Id, state = (short)state, reason, work.Principal.PersonId });
        var after = (await FindAsync(work.Db, Id))!;
        await work.AuditAsync(
            "request." + Words.Of(state), "request:" + Id, OperatorId, OrganisationId, DepartmentId, Audited(), after.Audited());
        return after;
    }

    private static (TravellerRequest Row, AccessScope Scope) Visible(UnitOfWork work, TravellerRequest? found)
    {
        var row = found ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, row.TravellerId));
    }
}
