using Authorisation.Admin.Tests.Support;
using Authorisation.V1;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// What is changed for all accounts of an organisation at once: none of them is locked or written, so no purchase waits, and
/// it holds at once for all of them.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class BulkChangeTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int Credits = 3_000;

    [Fact]
    public async Task Changes_of_an_organisation_lock_and_write_none_of_its_accounts()
    {
        var stage = await StageAsync(Credits);
        var customer = stage.Customer;
        var staff = customer.Operator.Staff;
        var below = await customer.AddDepartmentAsync("Under", stage.Department);
        var other = await customer.AddDepartmentAsync("Annan");
        var changes = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            ["name"] = async () => (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { name = "Nytt namn AB" })).Is(200),
            ["reference"] = async () => (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { billing_reference = "NY" })).Is(200),
            ["department"] = async () => (await customer.Administrator.PatchAsync($"/v1/departments/{stage.Department}", new { name = "Ny" })).Is(200),
            ["department's reference"] = async () => (await customer.Administrator.PatchAsync($"/v1/departments/{stage.Department}", new { billing_reference = "EGEN", cost_centre = "31" })).Is(200),
            ["department's place"] = async () => (await customer.Administrator.PatchAsync($"/v1/departments/{stage.Department}", new { parent_id = other })).Is(200),
            ["suspension"] = async () => (await staff.PostAsync($"/v1/organisations/{customer.Id}/suspension")).Is(200),
            ["reinstatement"] = async () => (await staff.PostAsync($"/v1/organisations/{customer.Id}/reinstatement")).Is(200),
            ["credit on cards off"] = () => Ledger.Provisioner.SetOffersCardCreditAsync(customer.Operator.Id, false),
            ["credit on cards on"] = () => Ledger.Provisioner.SetOffersCardCreditAsync(customer.Operator.Id, true),
        };
        foreach (var (name, change) in changes)
        {
            var before = await RowsAsync(customer.Operator.Id);
            await change();
            // A lock of a row stands in the row, also after it was given back.
            Assert.True(before == await RowsAsync(customer.Operator.Id), name);
        }

        Assert.Equal(below, (await customer.Administrator.GetAsync($"/v1/departments/{below}")).Is(200).Id);
    }

    [Fact]
    public async Task Purchases_are_decided_beside_each_change_while_it_is_under_way_and_by_it_once_it_is_answered()
    {
        await using var plane = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync(Credits);
        var validator = (await stage.Customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss" })).Is(201)["token"]!;
        Assert.Equal(Decision.Approved, (await BuyAsync()).Decision);
        Assert.Equal(("Vätterns Teknik AB", "4711"), await InvoicedAsync(stage));
        var id = stage.Customer.Id;
        (string Sql, Decision Then)[] changes =
        [
            ("update organisation set name = 'Nytt namn AB' where id = @id", Decision.Approved),
            ("update department set billing_reference = 'NY' where organisation_id = @id", Decision.Approved),
            ("update organisation set suspended_at = now() where id = @id", Decision.Declined),
            ("update organisation set suspended_at = null where id = @id", Decision.Approved),
        ];
        var now = Decision.Approved;
        foreach (var (sql, then) in changes)
        {
            await using var session = await Ledger.OpenSessionAsync();
            await using var transaction = await session.BeginTransactionAsync();
            await session.ExecuteAsync(sql, new { id });

            // Its transaction is open: every purchase is answered, by what was before.
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(now, (await BuyAsync()).Decision);
            }

            await transaction.CommitAsync();
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(then, (await BuyAsync()).Decision);
            }

            now = then;
        }

        Assert.Equal(("Nytt namn AB", "NY"), await InvoicedAsync(stage));

        async Task<AuthoriseResponse> BuyAsync() =>
            await plane.BuyOnCardAsync(validator, stage.Card(Random.Shared.Next(Credits)), 1);
    }

    [Fact]
    public async Task A_file_that_renames_many_travellers_locks_the_accounts_of_a_part_of_them_at_a_time()
    {
        var stage = await StageAsync(250);
        var emails = await Ledger.AskAsync<string[]>(
            "select array_agg(email) from traveller where organisation_id = @Id and email like 'bulk%'", new { stage.Customer.Id });

        var staged = await stage.Customer.Administrator.PostCsvAsync(
            $"/v1/organisations/{stage.Customer.Id}/traveller-imports",
            "email,name\n" + string.Join('\n', emails.Select(email => $"{email},Ny {email}")));
        await stage.Customer.ImportedAsync(staged.Is(202).Id);

        var inTransactions = await Ledger.AskAsync<long[]>(
            "select array_agg(n) from (select count(*) as n from credit_account where operator_id = @Id group by xmin::text) t",
            new { stage.Customer.Operator.Id });
        Assert.Equal(250, inTransactions.Sum());
        Assert.All(inTransactions, accounts => Assert.InRange(accounts, 1, Core.Limits.ImportChunkRows));
    }

    private async Task<BulkStage> StageAsync(int credits)
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var first = Random.Shared.NextInt64(1_000_000_000, 8_000_000_000) * 10_000;
        await Ledger.ExecuteAsync(
            """
            with people as (
              insert into traveller (id, organisation_id, department_id, name, email)
              select gen_random_uuid(), @organisation, @department, 'Resenär ' || n, 'bulk' || n || '@example.com'
              from generate_series(0, @credits - 1) n
              returning id, name
            ), invoiced as (
              insert into billing_snapshot (
                organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
              select g.id, g.name, d.id, d.name, p.id, p.name, d.billing_reference
              from people p, department d join organisation g on g.id = d.organisation_id where d.id = @department
              returning id
            )
            insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor)
            select gen_random_uuid(), @operatorId, 1, (@first + row_number() over ())::text, id, 50000 from invoiced
            """,
            new { organisation = customer.Id, department, credits, first, operatorId = customer.Operator.Id });
        return new BulkStage(customer, department, first);
    }

    private Task<string> RowsAsync(int operatorId) => Ledger.AskAsync<string>(
        "select md5(string_agg(concat_ws(' ', id, ctid, xmin, xmax), ',' order by id)) from credit_account where operator_id = @operatorId",
        new { operatorId });

    private async Task<(string Organisation, string Reference)> InvoicedAsync(BulkStage stage)
    {
        await using var session = await Ledger.OpenSessionAsync();
        return await session.QuerySingleAsync<(string, string)>(
            """
            select p.organisation_name, p.billing_reference
            from authorisation e join billing_snapshot p on p.id = e.billing_snapshot_id
            where e.operator_id = @Id order by e.decided_at desc limit 1
            """,
            new { stage.Customer.Operator.Id });
    }

    private sealed record BulkStage(AdminOrganisation Customer, Guid Department, long First)
    {
        public string Card(int n) => (First + 1 + n).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
