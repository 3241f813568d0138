using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Organisations;

/// <summary>Where an organisation stands. Stored; the numbers never change.</summary>
internal enum OrganisationStatus
{
    Applied = 1,
    Customer = 2,
    Refused = 3,
    Joined = 4,
}

/// <summary>An organisation as the database has it.</summary>
internal sealed record OrganisationRow
{
    public const string Columns = """
        g.id, g.operator_id, o.code as operator, g.name, g.status, g.applies_to, g.organisation_number, g.vat_number,
        g.contact_name, g.contact_email, g.contact_phone, g.billing_reference, g.billing_address::text as billing_address,
        g.e_invoice_address, g.cap_minor, g.suspended_at, g.made_at, g.revision
        from organisation g join operator o on o.id = g.operator_id
        """;

    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    public required string Operator { get; init; }

    public required string Name { get; init; }

    public required OrganisationStatus Status { get; init; }

    public Guid? AppliesTo { get; init; }

    public string? OrganisationNumber { get; init; }

    public string? VatNumber { get; init; }

    public string? ContactName { get; init; }

    public string? ContactEmail { get; init; }

    public string? ContactPhone { get; init; }

    public string? BillingReference { get; init; }

    public string? BillingAddress { get; init; }

    public string? EInvoiceAddress { get; init; }

    public long? CapMinor { get; init; }

    public DateTime? SuspendedAt { get; init; }

    public required DateTime MadeAt { get; init; }

    public required long Revision { get; init; }

    /// <summary>The reference of departments without their own.</summary>
    public string ReferenceInForce => BillingReference ?? OrganisationNumber ?? Name;

    /// <summary>
    /// How it stands: <c>applied</c>, <c>active</c>, <c>suspended</c>, <c>refused</c> or <c>joined</c>.
    /// </summary>
    public string StatusName => Status switch
    {
        OrganisationStatus.Applied => "applied",
        OrganisationStatus.Customer => SuspendedAt is null ? "active" : "suspended",
        OrganisationStatus.Refused => "refused",
        _ => "joined",
    };

    /// <summary>What the audit trail says of an organisation before and after a change of it.</summary>
    public object Audited() => new
    {
        Id,
        Operator,
        Name,
        Status = StatusName,
        OrganisationNumber,
        VatNumber,
        Contact = ContactEmail is null ? null : new ContactDetails(ContactName, ContactEmail, ContactPhone),
        BillingReference,
        BillingAddress = PostalAddress.Read(BillingAddress),
        EInvoiceAddress,
        CapMinor,
        AppliesTo,
        SuspendedAt,
        MadeAt,
    };

    public static async Task<OrganisationRow?> FindAsync(NpgsqlConnection db, Guid id, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<OrganisationRow>(
            $"select {Columns} where g.id = @id {(forChange ? "for no key update of g" : "")}", new { id });

    /// <summary>
    /// Keeps an organisation, its departments and their billing details as they are until the transaction ends: a
    /// transaction that changes them locks the organisation, and waits. The first of the locks, before a traveller's
    /// and an account's: what is read after it stays true, and no transaction that holds one of the others waits for
    /// it.
    /// </summary>
    public static Task LockSharedAsync(NpgsqlConnection db, Guid id) =>
        db.ExecuteAsync("select from organisation where id = @id for share", new { id });

    /// <summary>The organisation, for a caller who may see it, and what the caller may reach there.</summary>
    /// <exception cref="RefusedException">404.</exception>
    public static async Task<(OrganisationRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id) =>
        Visible(work, await FindAsync(work.Db, id));

    /// <summary>As <see cref="GetVisibleAsync"/>, and locks it to change it.</summary>
    public static async Task<(OrganisationRow Row, AccessScope Scope)> LockForChangeAsync(UnitOfWork work, Guid id) =>
        Visible(work, await FindAsync(work.Db, id, forChange: true));

    /// <summary>As <see cref="GetVisibleAsync"/>, unless it is not a customer.</summary>
    public static async Task<(OrganisationRow Row, AccessScope Scope)> GetVisibleCustomerAsync(
        UnitOfWork work, Guid id) =>
        Customer(await GetVisibleAsync(work, id));

    /// <summary>As <see cref="LockForChangeAsync"/>, unless it is not a customer.</summary>
    public static async Task<(OrganisationRow Row, AccessScope Scope)> LockCustomerForChangeAsync(
        UnitOfWork work, Guid id) =>
        Customer(await LockForChangeAsync(work, id));

    /// <summary>
    /// As <see cref="LockForChangeAsync"/>, for operator staff to suspend a customer or to lift that.
    /// </summary>
    public static async Task<OrganisationRow> LockToSuspendAsync(UnitOfWork work, Guid id, Request request)
    {
        var found = await LockForChangeAsync(work, id);
        found.Scope.RequireStaff();
        var (row, _) = Customer(found);
        request.RequireRevision(row.Revision);
        return row;
    }

    /// <summary>Adds a change to the audit trail, with this as the state before it.</summary>
    /// <returns>The organisation as it is now.</returns>
    public async Task<OrganisationRow> AuditChangeAsync(UnitOfWork work, string action)
    {
        var after = (await FindAsync(work.Db, Id))!;
        await work.AuditAsync(
            action, "organisation:" + Id, OperatorId, AppliesTo ?? Id, before: Audited(), after: after.Audited());
        return after;
    }

    private static (OrganisationRow Row, AccessScope Scope) Visible(UnitOfWork work, OrganisationRow? found)
    {
        var row = found ?? throw Problems.NotFound();
        var scope = work.Principal.At(row.OperatorId, row.Id);
        // Those who administer a customer decide on applications that its own people sent.
        if (!scope.SeesOrganisation && row.AppliesTo is { } customer
            && work.Principal.At(row.OperatorId, customer) is { IsWide: true } atCustomer
            && atCustomer.Has(AdministratorRights.Administrators))
        {
            return (row, atCustomer);
        }

        scope.RequireSight();
        return (row, scope);
    }

    private static (OrganisationRow Row, AccessScope Scope) Customer((OrganisationRow Row, AccessScope Scope) seen) =>
        seen.Row.Status == OrganisationStatus.Customer
            ? seen
            : throw new RefusedException(ProblemCode.NotACustomer, "The organisation is not a customer.");
}
