using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Migrations;

/// <summary>Every time that is kept is the ledger's, which the demo moves: docs/decisions/011.</summary>
public sealed class ClockTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string OtherClock = "'(^|[^_])(clock_timestamp|now|statement_timestamp|transaction_timestamp)\\(|CURRENT_(TIMESTAMP|DATE)'";

    [Fact]
    public async Task No_column_is_filled_from_another_clock() => Assert.Equal(
        "schema_version.applied_at",
        await Ledger.AskAsync<string>(
            $"""
            select string_agg(c.relname || '.' || a.attname, ', ' order by c.relname, a.attname)
            from pg_attrdef d
            join pg_class c on c.oid = d.adrelid
            join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
            where c.relnamespace in ('public'::regnamespace, 'control'::regnamespace, 'billing'::regnamespace)
              and pg_get_expr(d.adbin, d.adrelid) ~* {OtherClock}
            """));

    [Fact]
    public async Task No_function_reads_another_clock() => Assert.Equal(
        "ledger_now",
        await Ledger.AskAsync<string>(
            $"""
            select string_agg(p.proname, ', ' order by p.proname)
            from pg_proc p
            where p.pronamespace in ('public'::regnamespace, 'control'::regnamespace, 'billing'::regnamespace) and p.prosrc ~* {OtherClock}
              and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
            """));
}
