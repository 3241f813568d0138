using Dapper;
using Npgsql;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>
/// Closes months as the month's close will: under the month's exclusive lock, one month after the other. It writes down how
/// many rows stood on the invoices that it closed, so that a row which came later can be told by plain SQL.
/// </summary>
internal static class MonthCloser
{
    /// <summary>Rows by operator and invoice month, of both tables that have one.</summary>
    private const string Rows = """
        select operator_id, invoice_month, count(*) as number
        from (
          select operator_id, invoice_month from authorisation
          union all
          select operator_id, invoice_month from operation
        ) r
        group by operator_id, invoice_month
        """;

    /// <summary>Makes a ledger ready for months to be closed. For a database of the test's own only.</summary>
    public static Task PrepareAsync(TestLedger ledger) => ledger.ExecuteAsync(
        "create table closed (operator_id integer, month integer, number bigint, primary key (operator_id, month))");

    /// <summary>Begins to close a month: from here on it is locked exclusively.</summary>
    public static async Task<NpgsqlConnection> BeginAsync(TestOperator oper, int month)
    {
        var session = await oper.Ledger.OpenSessionAsync();
        await session.ExecuteAsync("begin transaction");
        await session.ExecuteAsync("select pg_advisory_xact_lock(@Id, @month)", new { oper.Terms.Id, month });
        return session;
    }

    /// <summary>Ends what <see cref="BeginAsync"/> began, and the session.</summary>
    public static async Task EndAsync(NpgsqlConnection session, TestOperator oper, int month)
    {
        await session.ExecuteAsync(
            $"""
            insert into closed (operator_id, month, number)
            select @Id, @month, coalesce(sum(number), 0) from ({Rows}) r where operator_id = @Id and invoice_month <= @month;
            update operator set first_open_month = @next where id = @Id;
            commit
            """,
            new { oper.Terms.Id, month, next = Core.CreditMonth.FromNumber(month).Next.Number });
        await session.DisposeAsync();
    }

    /// <summary>Closes a month.</summary>
    public static async Task CloseAsync(TestOperator oper, int month) =>
        await EndAsync(await BeginAsync(oper, month), oper, month);

    /// <summary>Fails with every closed month that has other rows than when it was closed.</summary>
    public static async Task NothingCameLaterAsync(TestLedger ledger)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        var found = await connection.QueryAsync<string>(
            $"""
            select c.operator_id || ' had ' || c.number || ' rows when ' || c.month || ' was closed, and has ' || coalesce(sum(r.number), 0)
            from closed c
            left join ({Rows}) r on r.operator_id = c.operator_id and r.invoice_month <= c.month
            group by c.operator_id, c.month, c.number
            having c.number <> coalesce(sum(r.number), 0)
            """);
        Assert.Equal("", string.Join('\n', found));
    }
}
