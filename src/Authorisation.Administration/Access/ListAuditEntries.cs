using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Access;

/// <summary>A line of the audit trail, as it is shown.</summary>
internal sealed record AuditRow
{
    public required long Id { get; init; }

    public required DateTime MadeAt { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public Guid? OrganisationId { get; init; }

    public Guid? DepartmentId { get; init; }

    /// <summary>
    /// The e-mail address of the person who did it; empty for commands and for callers who had not signed in.
    /// </summary>
    public required string PersonEmail { get; init; }

    /// <summary>The client that did it, where no person did.</summary>
    public long? ClientId { get; init; }

    /// <summary>From where the caller called; null when that is not known.</summary>
    public string? Address { get; init; }

    public required string Action { get; init; }

    public required string Subject { get; init; }

    /// <summary>The state before, as JSON.</summary>
    public string? Before { get; init; }

    /// <summary>The state after, as JSON.</summary>
    public string? After { get; init; }
}

/// <summary>Which lines of the audit trail are asked for.</summary>
/// <param name="OrganisationId">About one organisation; about all unless given.</param>
/// <param name="Subject">About one subject; about all unless given.</param>
/// <param name="BeforeId">Older than this line; 0 for the newest.</param>
/// <param name="Count">How many at most.</param>
internal sealed record AuditFilter(Guid? OrganisationId, string? Subject, long BeforeId, int Count);

/// <summary>
/// Lists what happened, the newest first: all of an operator to its staff, all of an organisation to an administrator
/// of the whole, and what is about their departments to the others.
/// </summary>
internal sealed class ListAuditEntries
{
    /// <exception cref="RefusedException">The principal sees nothing of the organisation that was named.</exception>
    public async Task<IReadOnlyList<AuditRow>> RunAsync(UnitOfWork work, AuditFilter filter)
    {
        var (staffOf, members) = (work.Principal.StaffOf, work.Principal.Memberships.Values);
        if (filter.OrganisationId is { } id && !members.Any(one => one.OrganisationId == id)
            && !staffOf.Contains(await work.Db.QuerySingleOrDefaultAsync<int>(
                "select operator_id from organisation where id = @id", new { id })))
        {
            throw Problems.NotFound();
        }

        return [.. await work.Db.QueryAsync<AuditRow>(
            $"""
            select e.id,
                   -- When a ticket was used is of a trip: an employer sees the day, unless the operator shows trips, which is 3.
                   case when e.action in ('ticket.activated', 'ticket.used_up') and o.trip_visibility <> 3
                       and e.operator_id <> all(@staffOf)
                     then date_trunc('day', e.made_at at time zone o.time_zone) at time zone o.time_zone
                     else e.made_at end as made_at,
                   o.code as operator, e.organisation_id, e.department_id, e.person_email, e.client_id, e.address,
                   e.action, e.subject, e.before::text as before, e.after::text as after
            from (
              {NewestSql("staffOf", "operator_id")}
              union
              {NewestSql("wide", "organisation_id")}
              union
              {NewestSql("departments", "department_id")}
            ) seen
            join control.audit_entry e on e.id = seen.id
            join operator o on o.id = e.operator_id
            order by e.id desc limit @Count
            """,
            new
            {
                filter.BeforeId,
                staffOf = staffOf.ToArray(),
                wide = members.Where(one => one.IsOrganisationWide).Select(one => one.OrganisationId).ToArray(),
                departments = members.Where(one => !one.IsOrganisationWide).SelectMany(
                    one => one.Departments).ToArray(),
                filter.OrganisationId,
                filter.Subject,
                filter.Count,
            })];
    }

    /// <summary>The newest lines about each of some operators, organisations or departments, each by its own index.</summary>
    private static string NewestSql(string parameter, string column) => $"""
        select e.id
        from unnest(@{parameter}) k(id)
        cross join lateral (
          select e.id
          from control.audit_entry e
          where e.{column} = k.id and (@BeforeId = 0 or e.id < @BeforeId)
            and (@OrganisationId::uuid is null or e.organisation_id = @OrganisationId)
            and (@Subject::text is null or e.subject = @Subject)
          order by e.id desc limit @Count) e
        """;
}
