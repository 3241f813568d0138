using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>The work of one operator's night, as the database has it.</summary>
internal sealed record MonthEndRun
{
    private const string Columns = """
        t.id, t.operator_id, o.code as operator, t.night, t.month, t.state, t.step, t.after_id, t.started_at, t.finished_at,
        t.closed_at, t.codes_ended, t.statements, t.sealed_rows, t.invoices, t.accounts_checked, t.snapshots_checked,
        t.differences, t.previous_hash, t.hash, t.asked_at, t.reopened_at, t.reopened_by, t.reopen_reason
        from billing.month_end t join operator o on o.id = t.operator_id
        """;

    /// <summary>Its id, of version 7: in the order in which runs began.</summary>
    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    /// <summary>The operator's day that began with the night.</summary>
    public required DateOnly Night { get; init; }

    /// <summary>The month that it closes, as yyyymm; null on any night but the first of a month.</summary>
    public int? Month { get; init; }

    public required MonthEndState State { get; init; }

    public required MonthEndStep Step { get; init; }

    /// <summary>The last account, row or organisation that the step is done with; nil at its beginning.</summary>
    public required Guid AfterId { get; init; }

    public required DateTime StartedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    /// <summary>When the month was closed.</summary>
    public DateTime? ClosedAt { get; init; }

    public int CodesEnded { get; init; }

    public int Statements { get; init; }

    public long SealedRows { get; init; }

    public int Invoices { get; init; }

    public int AccountsChecked { get; init; }

    public int SnapshotsChecked { get; init; }

    public int Differences { get; init; }

    /// <summary>The hash of the month before; 32 zero bytes for the first.</summary>
    public byte[]? PreviousHash { get; init; }

    /// <summary>The hash of the rows sealed so far, and of all before them.</summary>
    public byte[]? Hash { get; init; }

    /// <summary>When a person asked for it; null when it came by itself.</summary>
    public DateTime? AskedAt { get; init; }

    /// <summary>When its month was opened again.</summary>
    public DateTime? ReopenedAt { get; init; }

    /// <summary>The e-mail address of the person who reopened it.</summary>
    public string? ReopenedBy { get; init; }

    /// <summary>Why it was opened again.</summary>
    public string? ReopenReason { get; init; }

    /// <summary>The month that it closes.</summary>
    public CreditMonth ClosedMonth =>
        CreditMonth.FromNumber(Month ?? throw new InvalidOperationException("This night closes no month."));

    /// <summary>The run at the beginning of its next step.</summary>
    public MonthEndRun At(MonthEndStep step) => this with { Step = step, AfterId = Guid.Empty };

    public static async Task<MonthEndRun?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<MonthEndRun>($"select {Columns} where t.id = @id", new { id });

    /// <summary>The run, for staff of its operator.</summary>
    /// <exception cref="RefusedException">
    /// The principal is no staff, or there is no such run at the principal's operators.
    /// </exception>
    public static async Task<MonthEndRun> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        StaffOperators.RequireAny(work);
        return await FindAsync(work.Db, id) is { } run && work.Principal.StaffOf.Contains(run.OperatorId)
            ? run : throw Problems.NotFound();
    }

    /// <summary>The run that closes, or closed, a month; not one whose month was opened again.</summary>
    public static async Task<MonthEndRun?> ClosingAsync(NpgsqlConnection db, int operatorId, CreditMonth month) =>
        await db.QuerySingleOrDefaultAsync<MonthEndRun>(
            $"select {Columns} where t.operator_id = @operatorId and t.month = @month and t.state <> 4", new { operatorId, month = month.Number });

    /// <summary>An operator's runs that are not done, the oldest night first.</summary>
    public static async Task<IReadOnlyList<MonthEndRun>> UndoneAsync(NpgsqlConnection db, int operatorId) =>
        [.. await db.QueryAsync<MonthEndRun>(
            $"select {Columns} where t.operator_id = @operatorId and t.state in (1, 3) order by t.night", new { operatorId })];

    /// <summary>
    /// Whether the work of an operator's last night was recorded, nothing of any night is left to do, and no month
    /// before the current one is open, as far as the last closing showed.
    /// </summary>
    public static Task<bool> IsAllDoneAsync(NpgsqlConnection db, int operatorId, DateOnly night, CreditMonth current) =>
        db.QuerySingleAsync<bool>(
            """
            select exists (select from billing.month_end where operator_id = @operatorId and night = @night and state <> 4)
              and not exists (select from billing.month_end where operator_id = @operatorId and state in (1, 3))
              and not exists (
                select from operator where id = @operatorId and first_open_month > 0 and first_open_month < @Number)
            """,
            new { operatorId, night, current.Number });

    /// <summary>What the hash of a month is chained to: the hash of the last month that was closed before it.</summary>
    public static async Task<byte[]> HashBeforeAsync(NpgsqlConnection db, int operatorId, CreditMonth month) =>
        await db.QuerySingleOrDefaultAsync<byte[]?>(
            """
            select hash from billing.month_end
            where operator_id = @operatorId and month < @Number and closed_at is not null and state <> 4
            order by month desc limit 1
            """,
            new { operatorId, month.Number }) ?? SealChain.Beginning;

    /// <summary>A page of the runs of some operators, the newest first.</summary>
    public static async Task<IReadOnlyList<MonthEndRun>> ListAsync(NpgsqlConnection db, int[] operators, Guid before, int count) =>
        [.. await db.QueryAsync<MonthEndRun>(
            $"""
            select {Columns}
            where t.id in (
              select m.id
              from unnest(@operators) o(id)
              cross join lateral (
                select m.id from billing.month_end m
                where m.operator_id = o.id and (@before = @nil or m.id < @before)
                order by m.id desc limit @count) m)
            order by t.id desc limit @count
            """,
            new { operators, before, nil = Guid.Empty, count })];

    /// <summary>Records that a night has work to do. Does nothing if it is already recorded.</summary>
    public static Task AddAsync(NpgsqlConnection db, int operatorId, NightlyRun night) => db.ExecuteAsync(
        """
        insert into billing.month_end (id, operator_id, night, month, state, step, after_id, started_at)
        values (@id, @operatorId, @Date, @month, 1, 1, @nil, ledger_now())
        on conflict do nothing
        """,
        new { id = Guid.CreateVersion7(), operatorId, night.Date, month = night.Closes?.Number, nil = Guid.Empty });

    /// <summary>Records that a person asked to close a month: it no longer waits for one.</summary>
    public static Task AskAsync(NpgsqlConnection db, int operatorId, CreditMonth month) => db.ExecuteAsync(
        """
        update billing.month_end set asked_at = ledger_now(), state = 1
        where operator_id = @operatorId and month = @Number and state in (1, 3) and step <= 3 and asked_at is null
        """,
        new { operatorId, month.Number });

    /// <summary>
    /// The runs that closed a month or a later one, and were not opened again; the newest month first.
    /// </summary>
    public static async Task<IReadOnlyList<MonthEndRun>> ClosedFromAsync(NpgsqlConnection db, int operatorId, CreditMonth month) =>
        [.. await db.QueryAsync<MonthEndRun>(
            $"""
            select {Columns}
            where t.operator_id = @operatorId and t.month >= @Number and t.closed_at is not null and t.state <> 4
            order by t.month desc
            """,
            new { operatorId, month.Number })];

    /// <summary>Records the progress of the work, in the same transaction.</summary>
    /// <exception cref="InvalidOperationException">
    /// Another session has advanced it meanwhile: what was done must not be committed.
    /// </exception>
    public async Task SaveAsync(NpgsqlConnection db, MonthEndRun from)
    {
        var changed = await db.ExecuteAsync(
            """
            update billing.month_end
            set state = @State, step = @Step, after_id = @AfterId, closed_at = @ClosedAt, codes_ended = @CodesEnded,
                statements = @Statements, sealed_rows = @SealedRows, invoices = @Invoices,
                accounts_checked = @AccountsChecked, snapshots_checked = @SnapshotsChecked, differences = @Differences,
                previous_hash = @PreviousHash, hash = @Hash,
                finished_at = case when @State = 2 then ledger_now() end
            where id = @Id and step = @fromStep and after_id = @fromAfterId
            """,
            new
            {
                Id,
                State = (short)State,
                Step = (short)Step,
                AfterId,
                ClosedAt,
                CodesEnded,
                Statements,
                SealedRows,
                Invoices,
                AccountsChecked,
                SnapshotsChecked,
                Differences,
                PreviousHash,
                Hash,
                fromStep = (short)from.Step,
                fromAfterId = from.AfterId,
            });
        if (changed != 1)
        {
            throw new InvalidOperationException($"Month end {Id} was moved by another host.");
        }
    }
}
