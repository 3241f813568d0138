using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

[Trait("Tier", "Slow")]
public sealed class WholeWayTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_administrator_gives_credit_changes_and_removes_it_and_the_same_account_comes_back()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        Assert.Equal(("app", "50000", "0", "50000", "active"), (account["kind"], account["limit_minor"], account["spent_minor"], account["remaining_minor"], account["status"]));
        Assert.Equal("awaiting", account.Body["activation"]!["state"]!.ToString());

        var (login, code) = await Mailbox.CodeAsync(traveller["mobile"]!);
        // Masked: what stands in an SMS is no link.
        Assert.Equal("a…@e…", login);
        Assert.Equal(8, code.Length);

        var path = $"/v1/credit-accounts/{account.Id}";
        var changed = (await customer.Administrator.PatchAsync(path, new { limit_minor = 60_000, status = "blocked" }, account.Tag)).Is(200);
        Assert.Equal(("60000", "blocked"), (changed["limit_minor"], changed["status"]));
        (await customer.Administrator.PatchAsync(path, new { limit_minor = 70_000 }, account.Tag)).IsProblem(412, "changed_by_another");
        (await customer.Administrator.DeleteAsync(path)).Is(204);
        (await customer.Administrator.GetAsync(path)).IsProblem(404, "not_found");
    }
}
