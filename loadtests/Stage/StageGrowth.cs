using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// A ledger that has been in use for a year: so many authorisations over the last twelve months, on all cards in turn in no
/// order of theirs, and lying in the table by time as in life. Balances are of the current month; those before are sealed.
/// </summary>
internal static class StageGrowth
{
    private const string Zone = "Europe/Stockholm";
    private const int Months = 12;
    private const int IdsMax = 10_000;
    private const double PagesOfIds = 0.05;

    /// <summary>How many rows one statement inserts: what it sorts is to fit into memory.</summary>
    private const long Chunk = 500_000;

    private const string Buyers = """
        create temporary table buyer as
        select row_number() over (order by id) - 1 as n, id, operator_id, card_number, billing_snapshot_id
        from credit_account where card_number between @first and @last and operator_id = @operatorId;
        create unique index on buyer (n);
        analyze buyer
        """;

    // 7919 is a prime that divides no round number of cards: the cards follow one another in a fixed disorder.
    private const string Fill = """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold,
          credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, product, occurred_at, vehicle,
          line, stop, device_id)
        select (lpad(to_hex((extract(epoch from x.at) * 1000)::bigint), 12, '0') || '7' || substr(x.random, 1, 3) || '8'
                 || substr(x.random, 4, 15))::uuid,
               b.operator_id, @clientId, b.id, b.card_number, b.billing_snapshot_id, 1, 0, 2000 + x.i * 37 % 3000, false,
               x.month, x.month, x.at, 600, 'S', false, 'single-adult', x.at - interval '1 second', '1287', '42', 'Torget',
               'validator-0017'
        from (
          select i, at, md5(i::text) as random, to_char(at at time zone 'Europe/Stockholm', 'YYYYMM')::integer as month
          from (
            select i, @from::timestamptz + (@until::timestamptz - @from::timestamptz) * (i::float8 / @rows) as at
            from generate_series(@low, @high) i
          ) t
        ) x
        join buyer b on b.n = x.i * 7919 % @cards
        order by x.i
        """;

    private const string Balances = """
        update credit_account a
        set month = @month, spent_minor = coalesce(s.spent, 0), version = a.version + 1
        from buyer b
        left join (
          select account_id, sum(amount_minor) as spent from authorisation where credit_month = @month group by account_id
        ) s on s.account_id = b.id
        where a.id = b.id
        """;

    private const string Sizes = """
        with recursive part(id) as (
          select 'authorisation'::regclass::oid
          union all
          select i.inhrelid from pg_inherits i join part p on i.inhparent = p.id
        )
        select 'authorisation' as name, sum(pg_table_size(id))::bigint as bytes from part
        union all
        select coalesce(whole.relname, own.relname)::text, sum(pg_relation_size(x.indexrelid))::bigint
        from part p
        join pg_index x on x.indrelid = p.id
        join pg_class own on own.oid = x.indexrelid
        left join pg_inherits h on h.inhrelid = x.indexrelid
        left join pg_class whole on whole.oid = h.inhparent
        group by 1
        """;

    /// <summary>Fills the ledger.</summary>
    public static async Task FillAsync(string owner, StageCards cards, long rows)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false;Command Timeout=3600");
        await connection.OpenAsync();
        await connection.ExecuteAsync("set work_mem = '256MB'");
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var until = await connection.ExecuteScalarAsync<DateTime>("select ledger_now()");
        var month = CreditMonth.Of(new DateTimeOffset(until, TimeSpan.Zero), zone);
        var from = until.AddMonths(-Months);
        var (operatorId, clientId) = await connection.QuerySingleAsync<(int, long)>(
            "select operator_id, id from client order by id limit 1");
        await connection.ExecuteAsync(
            Buyers, new { first = $"{cards.FirstCard:D12}", last = $"{cards.FirstCard + cards.Cards - 1:D12}", operatorId });
        await StageIndexes.WithoutAsync(connection, async () =>
        {
            for (long low = 0; low < rows; low += Chunk)
            {
                var high = Math.Min(rows, low + Chunk) - 1;
                await connection.ExecuteAsync(Fill, new { clientId, from, until, rows, low, high, cards = cards.Cards });
            }
        });
        await connection.ExecuteAsync(Balances, new { month = month.Number });
        await connection.ExecuteAsync("update operator set first_open_month = @month", new { month = month.Number });
        await connection.ExecuteAsync("truncate table card_change");
        await connection.ExecuteAsync("vacuum (analyze)");
    }

    /// <summary>Writes ids of authorisations of any time to a file, 16 bytes each, most significant first.</summary>
    public static async Task WriteIdsAsync(string owner, long rows, string path)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false;Command Timeout=3600");
        var percent = Math.Clamp(100.0 * IdsMax / Math.Max(1, rows), PagesOfIds, 100);
        var ids = await connection.QueryAsync<Guid>(
            "select id from authorisation tablesample system (@percent) where account_id is not null", new { percent });
        await using var file = File.Create(path);
        foreach (var id in ids)
        {
            file.Write(id.ToByteArray(bigEndian: true));
        }
    }

    /// <summary>Returns the bytes on disk of the table and of each of its indexes, with all of their partitions.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> SizesAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false");
        var sizes = await connection.QueryAsync<(string Name, long Bytes)>(Sizes);
        return sizes.ToDictionary(size => size.Name, size => size.Bytes, StringComparer.Ordinal);
    }
}
