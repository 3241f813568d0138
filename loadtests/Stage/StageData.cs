using Authorisation.Core;
using Authorisation.Provisioning;
using Authorisation.Schema;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// Fills a database with one operator, its travellers and their cards, by a few statements over many rows.
/// </summary>
internal static class StageData
{
    private const long PlentyMinor = 1_000_000_000_000;
    private const long SpentLimitMinor = 10_000;

    // Each traveller has a billing snapshot of its own, as in life; the ids are random, as accounts are used in no
    // order.
    private const string Travellers = """
        with people as (
          insert into traveller (id, organisation_id, name, email)
          select gen_random_uuid(), d.organisation_id, 'Traveller ' || n, 'traveller' || n || '@example.com'
          from (
            select organisation_id, row_number() over () - 1 as place, count(*) over () as places from department
          ) d
          join generate_series(1, @many) n on n % d.places = d.place
          returning id, name, organisation_id
        )
        insert into billing_snapshot (
          organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name,
          billing_reference)
        select o.id, o.name, d.id, d.name, p.id, p.name, d.billing_reference
        from people p
        join department d on d.organisation_id = p.organisation_id
        join organisation o on o.id = d.organisation_id
        """;

    private const int TravellersInOrganisation = 500;

    private const string Organisations = """
        with customers as (
          insert into organisation (id, operator_id, name)
          select gen_random_uuid(), @operatorId, 'Kommunen ' || n from generate_series(1, @organisations) n
          returning id
        )
        insert into department (id, organisation_id, name, billing_reference)
        select gen_random_uuid(), id, 'Hemtjänsten', '4711' from customers
        """;

    private const string Accounts = """
        insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor, month, spent_minor)
        select gen_random_uuid(), @operatorId, 1, (@first + n)::text, 1 + (@skip + n) % @many, @limit, @month, @spent
        from generate_series(0, @count - 1) n
        """;

    // What the spent cards have bought, so that their balances add up too.
    private const string SpentPurchases = """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor,
          hold, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
        select gen_random_uuid(), operator_id, @clientId, id, card_number, billing_snapshot_id, 1, 0, spent_minor,
               false, month, month, ledger_now(), 600, 'S', false
        from credit_account
        where spent_minor > 0
        """;

    /// <summary>Adds another operator with cards of its own; returns the token of its validator.</summary>
    public static async Task<string> FillOtherAsync(string owner, long firstCard, int count)
    {
        await using var source = NpgsqlDataSource.Create(owner + ";Pooling=false;Command Timeout=300");
        var provisioner = new Provisioner(source);
        var operatorId = await provisioner.AddOperatorAsync(Operator("other"));
        var (_, token) = await provisioner.AddClientAsync(operatorId, ClientKind.Validator, "other");
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            Accounts, new { operatorId, first = firstCard, skip = 0, many = 1, count, limit = PlentyMinor, spent = 0L, month = 0 });
        await connection.ExecuteAsync("truncate table card_change");
        await connection.ExecuteAsync("vacuum (analyze) credit_account");
        return token;
    }

    private static NewOperator Operator(string code) => new(
        code, code, "SEK", "Europe/Stockholm", OffersCardCredit: true, PurposeRule.KeptIfGiven,
        VatBasisPoints: 600, TimeSpan.FromMinutes(30));

    /// <summary>Brings the schema and the data; returns the token of a validator.</summary>
    public static async Task<string> FillAsync(string owner, string serviceRole, string adminRole, StageCards cards)
    {
        await Migrator.MigrateAsync(owner, serviceRole, adminRole, static _ => { }, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(owner + ";Pooling=false;Command Timeout=300");
        var provisioner = new Provisioner(source);
        var operatorId = await provisioner.AddOperatorAsync(Operator("load"));
        var (clientId, token) = await provisioner.AddClientAsync(operatorId, ClientKind.Validator, "load");

        await using var connection = await source.OpenConnectionAsync();
        var many = cards.Cards + cards.SpentCards + 1;
        await connection.ExecuteAsync(Organisations, new { operatorId, organisations = 1 + (many / TravellersInOrganisation) });
        await connection.ExecuteAsync(Travellers, new { many });
        var month = await connection.ExecuteScalarAsync<int>(
            "select to_char(ledger_now() at time zone 'Europe/Stockholm', 'YYYYMM')::integer");
        await AddAsync(cards.FirstCard, 0, cards.Cards, PlentyMinor, 0);
        await AddAsync(cards.HotCard, cards.Cards, 1, PlentyMinor, 0);
        await AddAsync(cards.FirstSpentCard, cards.Cards + 1, cards.SpentCards, SpentLimitMinor, SpentLimitMinor);
        await connection.ExecuteAsync(SpentPurchases, new { clientId });
        // As if these cards had been numbered long ago: a server would do it while it is measured.
        await connection.ExecuteAsync("truncate table card_change");
        await connection.ExecuteAsync("vacuum (analyze)");
        return token;

        Task AddAsync(long first, int skip, int count, long limit, long spent) => connection.ExecuteAsync(
            Accounts, new { operatorId, first, skip, many, count, limit, spent, month = spent > 0 ? month : 0 });
    }
}
