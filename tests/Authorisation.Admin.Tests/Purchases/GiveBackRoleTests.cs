using Authorisation.Admin.Tests.Support;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Purchases;

/// <summary>
/// The one function through which the control plane's role writes rows of the ledger: whatever is sent to it, nothing is
/// taken, no more is given back than was taken, and nobody's operation is done.
/// </summary>
public sealed class GiveBackRoleTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string InsufficientPrivilege = "42501";

    // What is sent instead of a right refund of 100: columns of the operation, of the balance, or of the person.
    [Theory]
    [InlineData("kind", "1::smallint")]
    [InlineData("kind", "5::smallint")]
    [InlineData("kind", "6::smallint")]
    [InlineData("kind", "4::smallint")]
    [InlineData("client_id", "1::bigint")]
    [InlineData("app_account_id", "gen_random_uuid()")]
    [InlineData("made_offline", "true")]
    [InlineData("spent_minor", "1::bigint")]
    [InlineData("held_minor", "1::bigint")]
    [InlineData("invoiced_minor", "1::bigint")]
    [InlineData("invoiced_minor", "-101::bigint")]
    [InlineData("authorisation_id", "gen_random_uuid()")]
    [InlineData("operator_id", "-1")]
    [InlineData("balance", "1::bigint")]
    [InlineData("person", "array[]::uuid[]")]
    public async Task It_refuses(string what, string value)
    {
        var (account, authorisation, person) = await BoughtAsync();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => SendAsync(account, authorisation, person, what, value));

        Assert.Equal(InsufficientPrivilege, refusal.SqlState);
        Assert.Equal(0, await Ledger.AskAsync<long>("select count(*) from operation where authorisation_id = @authorisation", new { authorisation }));
    }

    [Fact]
    public async Task It_takes_what_is_right()
    {
        var (account, authorisation, person) = await BoughtAsync();

        await SendAsync(account, authorisation, person, "", "");

        Assert.Equal(-100, await Ledger.AskAsync<long>(
            "select invoiced_minor from operation where authorisation_id = @authorisation", new { authorisation }));
    }

    private async Task<(Guid Account, Guid Authorisation, Guid Person)> BoughtAsync()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var authorisation = await new ClosedMonth(customer.Operator, ClosedMonth.Ago(1)).BuyAsync(account, 100);
        return (account, authorisation, await Ledger.AskAsync<Guid>(
            "select person_id from control.staff where operator_id = @Id", new { customer.Operator.Id }));
    }

    private async Task SendAsync(Guid account, Guid authorisation, Guid person, string what, string value)
    {
        string Column(string name, string right) => what == name ? value : right;
        await using var session = await Ledger.OpenSessionAsync(Ledger.AdminConnectionString);
        await using var command = new NpgsqlCommand(
            $"""
            with e as (select * from authorisation where id = $1), s as (select gen_random_uuid() as id)
            select control.give_back(
              array[row(
                s.id, {Column("authorisation_id", "e.id")}, 1, {Column("operator_id", "e.operator_id")}, {Column("kind", "3::smallint")},
                {Column("client_id", "null::bigint")}, {Column("app_account_id", "null::uuid")}, null::bigint, 'Fel',
                {Column("made_offline", "false")}, 60::smallint, 100::bigint, {Column("spent_minor", "0::bigint")},
                {Column("held_minor", "0::bigint")}, {Column("invoiced_minor", "-100::bigint")}, e.account_id, e.billing_snapshot_id,
                e.credit_month, e.invoice_month, ledger_now(), false)::operation_row],
              (select array_agg(row(a.id, a.month, a.spent_minor + {Column("balance", "0::bigint")}, a.held_minor, null::timestamptz,
                 a.version + 1, 0::bigint, 0)::balance_row) from credit_account a where a.id = $2),
              {Column("person", "array[s.id]")}, array[$3], array['stina@example.com'], array[null::text])
            from e, s
            """,
            session);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = authorisation });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person });
        await command.ExecuteNonQueryAsync();
    }
}
