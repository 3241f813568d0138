using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// A change of a department that is not committed yet, and another one beside it that rests on the department: that one waits,
/// and goes by what has become of it.
/// </summary>
public sealed class BesideTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string NewReference = "update department set billing_reference = 'new' where id = @id";
    private const string Closed = "update department set closed_at = now() where id = @id";

    [Fact]
    public async Task Credit_is_given_under_the_new_reference()
    {
        var customer = await NewCustomerAsync("jamtland");
        var traveller = await customer.TravellerAsync();

        var credit = (await BesideAsync(
            customer, NewReference, new { id = customer.DepartmentId }, () => customer.TryGiveAppAsync(traveller.Id, 50_000))).Is(201);

        Assert.Equal("new", await ReferenceAsync(credit.Id));
    }

    [Theory]
    [InlineData("credit-accounts")]
    [InlineData("travellers")]
    public async Task Credit_is_moved_under_the_new_reference(string what)
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var traveller = await customer.TravellerAsync();
        var credit = await customer.GiveAppAsync(traveller.Id);
        var path = $"/v1/{what}/{(what == "travellers" ? traveller.Id : credit.Id)}";

        (await BesideAsync(
            customer, NewReference, new { id = department },
            () => customer.Administrator.PatchAsync(path, new { department_id = department }))).Is(200);

        Assert.Equal("new", await ReferenceAsync(credit.Id));
    }

    [Fact]
    public async Task Nobody_is_added_to_a_department_that_is_being_closed()
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var path = $"/v1/organisations/{customer.Id}/";

        var refused = await BesideAsync(
            customer, Closed, new { id = department },
            () => customer.Administrator.PostAsync(path + "travellers", new { email = Some.Email(), department_id = department }));

        refused.RefusesFields("department_id");
    }

    [Fact]
    public async Task Nobody_is_imported_into_a_department_that_is_being_closed()
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");

        var staged = await BesideAsync(
            customer, Closed, new { id = department },
            () => customer.Administrator.PostCsvAsync(
                $"/v1/organisations/{customer.Id}/traveller-imports", $"email,department\n{Some.Email()},{department}"));

        Assert.Equal("department 2:2", (await customer.ImportedAsync(staged.Is(202).Id)).Places);
    }

    [Fact]
    public async Task Credit_that_another_department_pays_for_by_then_is_not_there_for_the_first_ones_administrator()
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var credit = await customer.GiveAppAsync((await customer.TravellerAsync(department: department)).Id);
        var chief = await customer.AddAdministratorAsync(["credits"], [department]);

        var refused = await BesideAsync(
            customer,
            """
            with fresh as (
              insert into billing_snapshot (
                organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
              select p.organisation_id, p.organisation_name, @DepartmentId, 'X', p.traveller_id, p.traveller_name, 'X'
              from billing_snapshot p join credit_account a on a.billing_snapshot_id = p.id where a.id = @Id
              returning id)
            update credit_account set billing_snapshot_id = (select id from fresh) where id = @Id
            """,
            new { customer.DepartmentId, credit.Id },
            () => chief.PatchAsync($"/v1/credit-accounts/{credit.Id}", new { limit_minor = 60_000 }));

        refused.IsProblem(404, "not_found");
    }

    // The change takes the lock that the control plane takes for one, and is committed once somebody waits for it.
    private async Task<ApiAnswer> BesideAsync(
        AdminOrganisation customer, string change, object arguments, Func<Task<ApiAnswer>> call)
    {
        await using var session = await Ledger.OpenSessionAsync();
        await using var transaction = await session.BeginTransactionAsync();
        await session.ExecuteAsync("select from organisation where id = @Id for no key update", new { customer.Id });
        await session.ExecuteAsync(change, arguments);
        var answer = call();
        await Eventually.TrueAsync(
            () => Ledger.AskAsync<bool>(
                "select exists (select from pg_stat_activity where @ProcessID = any (pg_blocking_pids(pid)))", new { session.ProcessID }),
            Eventually.Bound,
            "somebody waits for the change");
        await transaction.CommitAsync();
        return await answer;
    }

    private Task<string> ReferenceAsync(Guid credit) => Ledger.AskAsync<string>(
        "select p.billing_reference from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @credit",
        new { credit });
}
