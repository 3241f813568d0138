using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Events;

/// <summary>Where an operator's events are sent, and how that goes. The secret is not in it.</summary>
internal sealed record WebhookRow
{
    private const string Sql = """
        select w.operator_id, o.code as operator, w.url, w.key_id, w.before_until, w.failures, w.away_until, w.last_error,
               w.last_failed_at, w.last_answered_at, w.revision,
               (select count(*) from control.event e where e.operator_id = w.operator_id and e.state = 1) as waiting,
               (select count(*) from control.event e where e.operator_id = w.operator_id and e.state = 3) as undelivered
        from control.webhook w join operator o on o.id = w.operator_id
        where w.operator_id = @operatorId
        """;

    public required int OperatorId { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public required string Url { get; init; }

    /// <summary>What its secrets are encrypted for.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>Until when the secret before signs, too.</summary>
    public DateTime? BeforeUntil { get; init; }

    /// <summary>How often in a row it could not be reached.</summary>
    public required int Failures { get; init; }

    /// <summary>Until when nothing is sent to it.</summary>
    public DateTime? AwayUntil { get; init; }

    /// <summary>Why it could not be reached the last time.</summary>
    public string? LastError { get; init; }

    public DateTime? LastFailedAt { get; init; }

    /// <summary>When it last took an event, to some ten seconds.</summary>
    public DateTime? LastAnsweredAt { get; init; }

    /// <summary>How many events wait for it.</summary>
    public required long Waiting { get; init; }

    /// <summary>How many were given up.</summary>
    public required long Undelivered { get; init; }

    public required long Revision { get; init; }

    /// <summary>What the audit trail says of it.</summary>
    public object Audited() => new { Operator, Url };

    /// <summary>The webhook of an operator.</summary>
    public static Task<WebhookRow?> FindAsync(NpgsqlConnection db, int operatorId, bool forChange = false) =>
        db.QuerySingleOrDefaultAsync<WebhookRow>(Sql + (forChange ? " for no key update of w" : ""), new { operatorId });

    /// <summary>The webhook of an operator, for its staff.</summary>
    /// <exception cref="RefusedException">The principal is no staff of the operator, or it has none.</exception>
    public static async Task<WebhookRow> GetVisibleAsync(UnitOfWork work, string code, bool forChange = false)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        return await FindAsync(work.Db, terms.Id, forChange) ?? throw Problems.NotFound();
    }
}
