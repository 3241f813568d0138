using Authorisation.Administration.Charges;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Whether the order form asks for something. Stored; the numbers never change.</summary>
internal enum Asked
{
    /// <summary>It does not.</summary>
    No = 0,

    /// <summary>The person who orders may leave it out.</summary>
    Optional = 1,

    /// <summary>Nothing can be ordered without it.</summary>
    Required = 2,
}

/// <summary>How an organisation's subscriptions are ordered, approved and paid for.</summary>
internal sealed record SubscriptionSettings
{
    private const string Sql = """
        select organisation_id, department_id, approves_automatically, asks_email, asks_employee_number, employer_percent,
               employer_minor, revision
        from control.subscription_settings where organisation_id = @organisationId
        """;

    public required Guid OrganisationId { get; init; }

    /// <summary>The department that pays for what is ordered by the link.</summary>
    public required Guid DepartmentId { get; init; }

    /// <summary>Orders need no administrator.</summary>
    public required bool ApprovesAutomatically { get; init; }

    public required Asked AsksEmail { get; init; }

    public required Asked AsksEmployeeNumber { get; init; }

    /// <summary>What the employer bears of each month, in per cent.</summary>
    public short? EmployerPercent { get; init; }

    /// <summary>The same as an amount, in minor units.</summary>
    public long? EmployerMinor { get; init; }

    public required long Revision { get; init; }

    /// <summary>What the employer bears of each month.</summary>
    public EmployerShare Share => new(EmployerPercent, EmployerMinor);

    /// <summary>What the audit trail says of them.</summary>
    public object Audited() => new
    {
        DepartmentId,
        Approval = ApprovesAutomatically ? "automatic" : "by_administrator",
        AsksEmail = Words.Of(AsksEmail),
        AsksEmployeeNumber = Words.Of(AsksEmployeeNumber),
        EmployerPercent,
        EmployerMinor,
    };

    /// <summary>The settings of an organisation; null when it has none, and so no subscriptions.</summary>
    public static Task<SubscriptionSettings?> FindAsync(NpgsqlConnection db, Guid organisationId) =>
        db.QuerySingleOrDefaultAsync<SubscriptionSettings>(Sql, new { organisationId });
}
