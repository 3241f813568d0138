using Dapper;
using Npgsql;

namespace Authorisation.Billing.Purchases;

/// <summary>The payer and the buyer of a purchase, as frozen when it was decided.</summary>
internal sealed record Payer
{
    public required long Id { get; init; }

    public required Guid OrganisationId { get; init; }

    public required Guid DepartmentId { get; init; }

    public required string DepartmentName { get; init; }

    public required Guid TravellerId { get; init; }

    public required string TravellerName { get; init; }

    public required string BillingReference { get; init; }

    /// <summary>Those of some billing snapshots, by their ids.</summary>
    public static async Task<IReadOnlyDictionary<long, Payer>> ReadAsync(NpgsqlConnection db, IEnumerable<long?> ids) =>
        (await db.QueryAsync<Payer>(
            """
            select id, organisation_id, department_id, department_name, traveller_id, traveller_name, billing_reference
            from billing_snapshot where id = any(@ids)
            """,
            new { ids = ids.OfType<long>().Distinct().ToArray() }))
        .ToDictionary(one => one.Id);
}
