using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Tickets;

/// <summary>An order of tickets.</summary>
internal sealed record TicketOrderRow
{
    public const string Columns = """
        d.id, d.operator_id, d.organisation_id, d.department_id, d.reason, d.person_email, d.ordered_at, o.currency,
        s.tickets, s.total_minor
        from control.ticket_order d
        join operator o on o.id = d.operator_id
        cross join lateral (
          select count(*)::integer as tickets, coalesce(sum(t.price_minor), 0)::bigint as total_minor
          from control.ticket t where t.order_id = d.id) s
        """;

    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The department that pays.</summary>
    public required Guid DepartmentId { get; init; }

    public required string Reason { get; init; }

    /// <summary>The e-mail address of the person who ordered; empty for the service itself.</summary>
    public required string PersonEmail { get; init; }

    public required DateTime OrderedAt { get; init; }

    public required string Currency { get; init; }

    public required int Tickets { get; init; }

    /// <summary>What all of them cost when they were ordered, VAT included.</summary>
    public required long TotalMinor { get; init; }
}

/// <summary>An order with its tickets, in its own order.</summary>
internal sealed record TicketOrderDetails(TicketOrderRow Row, IReadOnlyList<TicketRow> Tickets)
{
    /// <summary>Reads it; null when there is none.</summary>
    public static async Task<TicketOrderDetails?> FindAsync(NpgsqlConnection db, Guid id)
    {
        var row = await db.QuerySingleOrDefaultAsync<TicketOrderRow>(
            $"select {TicketOrderRow.Columns} where d.id = @id", new { id });
        return row is null
            ? null
            : new TicketOrderDetails(row, [.. await db.QueryAsync<TicketRow>(
                $"select {TicketRow.Columns} where t.order_id = @id order by t.ordinal", new { id })]);
    }

    /// <summary>The order, for a principal who may see it and look into purchases.</summary>
    /// <exception cref="RefusedException">404, or 403 without the right.</exception>
    public static async Task<TicketOrderDetails> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var order = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        work.Principal.At(order.Row.OperatorId, order.Row.OrganisationId).RequireSight(order.Row.DepartmentId)
            .Require(AdministratorRights.Purchases);
        return order;
    }
}
