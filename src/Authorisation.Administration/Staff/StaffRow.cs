using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Staff;

/// <summary>A person who is staff of an operator.</summary>
internal sealed record StaffRow
{
    /// <summary>To be followed by more conditions, on <c>s</c>, the staff.</summary>
    public const string Columns = """
        s.id, s.person_id, s.operator_id, o.code as operator, p.email, p.name,
        p.password_hash is not null as has_password, s.made_at
        from control.staff s
        join control.person p on p.id = s.person_id
        join operator o on o.id = s.operator_id
        where s.removed_at is null
        """;

    public required Guid Id { get; init; }

    public required Guid PersonId { get; init; }

    public required int OperatorId { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public required string Email { get; init; }

    /// <summary>Empty when it is not known.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the person can sign in.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>Since when the person is staff.</summary>
    public required DateTime MadeAt { get; init; }

    /// <summary><c>active</c>, or <c>invited</c> while the person has no password.</summary>
    public string Status => HasPassword ? "active" : "invited";

    /// <summary>What the audit trail says of it.</summary>
    public object Audited => new { Id, Operator, Email, Name = Name.Length == 0 ? null : Name, Status, MadeAt };

    /// <summary>The person, as long as it is staff.</summary>
    public static async Task<StaffRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<StaffRow>($"select {Columns} and s.id = @id", new { id });

    /// <summary>The person, for staff of the same operator.</summary>
    /// <exception cref="RefusedException">There is none at the principal's operators.</exception>
    public static async Task<StaffRow> GetVisibleAsync(UnitOfWork work, Guid id) =>
        await FindAsync(work.Db, id) is { } row && work.Principal.StaffOf.Contains(row.OperatorId)
            ? row
            : throw Problems.NotFound();

    /// <summary>
    /// Lets changes of an operator's staff follow one another, so that the last two cannot remove each other.
    /// </summary>
    public static Task LockAllAsync(NpgsqlConnection db, int operatorId) =>
        db.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('staff of ' || @operatorId, 1))", new { operatorId });

    /// <summary>
    /// Makes a person staff, who is made with it if the address is new. One that was removed and is added again is
    /// another: what was sent about the first does not reach the second.
    /// </summary>
    /// <returns>Null when the person is staff already.</returns>
    public static async Task<Guid?> AddAsync(NpgsqlConnection db, int operatorId, string email, string name)
    {
        await db.ExecuteAsync(
            """
            insert into control.person (id, email, name) values (@person, @email, @name)
            on conflict (email) do nothing
            """,
            new { person = Guid.CreateVersion7(), email, name });
        return await db.QuerySingleOrDefaultAsync<Guid?>(
            """
            insert into control.staff as s (person_id, operator_id)
            select id, @operatorId from control.person where email = @email
            on conflict (person_id, operator_id) do update
            set removed_at = null, made_at = ledger_now(), id = gen_random_uuid() where s.removed_at is not null
            returning s.id
            """,
            new { operatorId, email });
    }
}
