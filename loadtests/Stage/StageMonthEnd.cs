using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// A ledger in which a month is about to end: every card has bought ten times in it, its last night but one is done,
/// and it is known how the operator invoices. What was bought lies in the table by time, as in life, so that the
/// purchases of one account are far apart.
/// </summary>
internal static class StageMonthEnd
{
    /// <summary>How often each card has bought in the month that ends.</summary>
    public const int PurchasesEach = 10;

    private const string Zone = "Europe/Stockholm";

    // One purchase on every card with credit to spare; ids of version 7, of the moment that it was decided at.
    private const string Round = """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold,
          credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, product, occurred_at, vehicle,
          line, stop, device_id)
        select (lpad(to_hex((extract(epoch from x.at) * 1000)::bigint), 12, '0') || '7' || substr(x.random, 1, 3) || '8'
                 || substr(x.random, 4, 15))::uuid,
               x.operator_id, @clientId, x.id, x.card_number, x.billing_snapshot_id, 1, 0, 2000 + (x.n * 37 + @round * 101) % 3000, false,
               @month, @month, x.at, 600, 'S', false, 'single-adult', x.at - interval '1 second', '1287', '42', 'Torget',
               'validator-0017'
        from (
          select a.*, md5(a.id::text || @round) as random,
                 @from::timestamptz + (@until::timestamptz - @from::timestamptz) * ((@round + a.n::float8 / @cards) / @rounds) as at
          from (
            select id, operator_id, card_number, billing_snapshot_id, row_number() over () as n
            from credit_account where card_number between @first and @last
          ) a
        ) x
        order by x.n
        """;

    private const string Balances = """
        update credit_account a
        set month = @month, spent_minor = s.spent, version = a.version + @rounds
        from (select account_id, sum(amount_minor) as spent from authorisation where hold = false group by account_id) s
        where s.account_id = a.id and a.card_number between @first and @last
        """;

    private const string LastNight = """
        update operator set first_open_month = @month;
        insert into billing.month_end (id, operator_id, night, state, step, after_id, started_at, finished_at)
        select gen_random_uuid(), id, @lastDay::date, 2, 9, '00000000-0000-0000-0000-000000000000', @from, @from from operator;
        insert into billing.invoicing (
          operator_id, seller, payment, payment_days, number_prefix, next_number, itemises_cards, shows_purchases_at_once)
        select id, '{"name": "Load", "country": "SE"}', '{"terms_days": 30}', 30, 'L-', 1, true, true from operator
        """;

    /// <summary>How the run of the month stands, and how many purchases there were in it.</summary>
    private const string MonthEndRun = """
        select t.state = 2 as is_done, extract(epoch from t.finished_at)::float8 as finished,
               t.statements, t.sealed_rows, t.accounts_checked, t.invoices, t.differences
        from billing.month_end t
        where t.month is not null
        """;

    /// <summary>The month that ends: the one that it is by the real clock.</summary>
    public static CreditMonth Month => CreditMonth.Of(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(Zone));

    /// <summary>The end of it.</summary>
    public static DateTimeOffset Midnight => Month.Next.StartsAt(TimeZoneInfo.FindSystemTimeZoneById(Zone));

    /// <summary>Has every card buy ten times in the month, and the night before its last day be done.</summary>
    public static async Task FillAsync(string owner, StageCards cards)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false;Command Timeout=3600");
        await connection.OpenAsync();
        var (from, until) = (Month.StartsAt(TimeZoneInfo.FindSystemTimeZoneById(Zone)).UtcDateTime, Midnight.AddHours(-1).UtcDateTime);
        var month = Month.Number;
        var (first, last) = ($"{cards.FirstCard:D12}", $"{cards.FirstCard + cards.Cards - 1:D12}");
        var clientId = await connection.ExecuteScalarAsync<long>("select id from client");
        await StageIndexes.WithoutAsync(connection, async () =>
        {
            for (var round = 0; round < PurchasesEach; round++)
            {
                await connection.ExecuteAsync(Round, new
                {
                    clientId,
                    month,
                    from,
                    until,
                    first,
                    last,
                    round,
                    rounds = PurchasesEach,
                    cards = cards.Cards,
                });
            }
        });
        await connection.ExecuteAsync(Balances, new { month, rounds = PurchasesEach, first, last });
        await connection.ExecuteAsync(LastNight, new { month, from, lastDay = Midnight.AddHours(-1).UtcDateTime });
        await connection.ExecuteAsync("truncate table card_change");
        await connection.ExecuteAsync("vacuum (analyze)");
    }

    /// <summary>Sets the ledger's clock so that the month ends after some seconds.</summary>
    /// <returns>How far it is ahead of the real one, in microseconds.</returns>
    public static async Task<long> SetClockAsync(string owner, double secondsLeft)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false");
        var ahead = (long)(Midnight - TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(secondsLeft)).TotalMicroseconds;
        await connection.ExecuteAsync(
            $"""
            create or replace function ledger_now() returns timestamptz
              language sql volatile parallel safe
              as 'select clock_timestamp() + interval ''{ahead} microseconds'''
            """);
        // As a control plane leaves it that has watched the clocks all along: the month is then closed without anybody
        // asking.
        await connection.ExecuteAsync(
            """
            insert into billing.clock_moment (host, host_at, database_at, steady_since)
            values ('stage', ledger_now(), ledger_now(), ledger_now() - interval '1 day')
            on conflict (id) do update
            set host_at = excluded.host_at, database_at = excluded.database_at, steady_since = excluded.steady_since
            """);
        return ahead;
    }

    /// <summary>Returns the state of the month's run.</summary>
    public static async Task<MonthEndRunFacts> MonthEndAsync(NpgsqlConnection ledger)
    {
        var row = await ledger.QuerySingleOrDefaultAsync<(
            bool IsDone, double? Finished, int Statements, long Rows, int Checked, int Invoices, int Differences)?>(MonthEndRun);
        return row is not { } run
            ? new MonthEndRunFacts()
            : new MonthEndRunFacts
            {
                Seconds = run is { IsDone: true, Finished: { } at } ? at - (Midnight.ToUnixTimeMilliseconds() / 1000.0) : null,
                Statements = run.Statements,
                SealedRows = run.Rows,
                AccountsChecked = run.Checked,
                Invoices = run.Invoices,
                Differences = run.Differences,
            };
    }
}
