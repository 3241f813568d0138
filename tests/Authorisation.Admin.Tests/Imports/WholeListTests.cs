using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Imports;

/// <summary>A whole list shows who is missing in it, and removes nobody before that is confirmed.</summary>
public sealed class WholeListTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Those_that_are_missing_are_shown_and_removed_once_that_is_confirmed()
    {
        var stage = await StageAsync(4);
        var import = await stage.ImportAsync(stage.Emails[1..], "ny@example.com");
        Assert.Equal(("waiting", "1", "4", "False"), Removal(import));
        var missing = (await stage.Customer.Administrator.GetAsync(stage.At(import) + "/missing")).Is(200).Items.Single();
        Assert.Equal((stage.Ids[0].ToString(), "there"), (missing["traveller_id"]!.ToString(), missing["status"]!.ToString()));
        Assert.Equal(5, await stage.CountAsync());

        var path = stage.At(import) + "/removal";
        (await stage.Customer.Administrator.PostAsync(path, new { })).RefusesFields("confirmation");
        (await stage.Customer.Administrator.PostAsync(path, new { confirmation = new string('0', 64), count = 2 })).RefusesFields("confirmation", "count");
        var confirmation = import.Body["removal"]!["confirmation"]!.ToString();
        (await stage.Customer.Administrator.PostAsync(path, new { confirmation })).Is(202);
        var done = await stage.UntilAsync(import, "done");

        Assert.Equal("1", done.Body["removal"]!["removed"]!.ToString());
        (await stage.Customer.Administrator.GetAsync($"/v1/travellers/{stage.Ids[0]}")).IsProblem(404, "not_found");
        Assert.Equal(4, await stage.CountAsync());
        (await stage.Customer.Administrator.PostAsync(path, new { confirmation })).IsProblem(409, "decided_already");
        var whats = (await stage.Customer.Administrator.GetAsync("/v1/audit")).Is(200).Items.Take(3).Select(line => line["what"]!.ToString());
        Assert.Equal(["traveller.removed", "credit_account.revoked", "travellers.removal_confirmed"], whats, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_list_without_more_than_half_of_the_travellers_takes_their_number()
    {
        var stage = await StageAsync(3);
        var import = await stage.ImportAsync(stage.Emails[..1]);
        Assert.Equal(("waiting", "2", "3", "True"), Removal(import));
        var (path, confirmation) = (stage.At(import) + "/removal", import.Body["removal"]!["confirmation"]!.ToString());

        (await stage.Customer.Administrator.PostAsync(path, new { confirmation })).RefusesFields("count");
        (await stage.Customer.Administrator.PostAsync(path, new { confirmation, count = 3 })).RefusesFields("count");
        (await stage.Customer.Administrator.PostAsync(path, new { confirmation, count = 2 })).Is(202);

        await stage.UntilAsync(import, "done");
        Assert.Equal(1, await stage.CountAsync());
    }

    [Fact]
    public async Task One_that_was_changed_since_and_one_whose_credit_is_not_the_callers_to_take_are_kept_with_the_reason()
    {
        var stage = await StageAsync(5);
        var clerk = await stage.Customer.AddAdministratorAsync(["travellers"]);
        (await stage.Customer.Administrator.DeleteAsync($"/v1/credit-accounts/{stage.Accounts[2]}")).Is(204);
        var import = await stage.ImportAsync(stage.Emails[3..], by: clerk);
        (await stage.Customer.Administrator.PatchAsync($"/v1/travellers/{stage.Ids[0]}", new { name = "Kommen tillbaka" })).Is(200);

        (await clerk.PostAsync(
            stage.At(import) + "/removal", new { confirmation = import.Body["removal"]!["confirmation"]!.ToString(), count = 3 })).Is(202);
        await stage.UntilAsync(import, "done");

        var items = (await clerk.GetAsync(stage.At(import) + "/missing")).Is(200).Items
            .ToDictionary(one => one["traveller_id"]!.ToString(), one => $"{one["status"]}: {one["reason"]}", StringComparer.Ordinal);
        Assert.Equal("kept: It was changed since the list was imported.", items[stage.Ids[0].ToString()]);
        Assert.StartsWith("kept: This touches open credit", items[stage.Ids[1].ToString()], StringComparison.Ordinal);
        Assert.Equal("removed: ", items[stage.Ids[2].ToString()]);
    }

    [Fact]
    public async Task A_removal_lapses_with_the_next_list_and_after_a_week()
    {
        var stage = await StageAsync(4);
        var first = await stage.ImportAsync(stage.Emails[1..]);
        var second = await stage.ImportAsync(stage.Emails[2..]);
        var ordinary = await stage.ImportAsync(stage.Emails, mode: "valid_rows");

        (await ConfirmAsync(first, 1)).IsProblem(409, "removal_lapsed");
        await Ledger.ExecuteAsync("update control.traveller_import set made_at = made_at - interval '7 days' where id = @Id", new { second.Id });
        (await ConfirmAsync(second, 2)).IsProblem(409, "removal_lapsed");
        (await stage.Customer.Administrator.PostAsync(stage.At(ordinary) + "/removal", new { confirmation = "x" })).IsProblem(409, "not_a_whole_list");
        Assert.Equal(4, await stage.CountAsync());

        Task<ApiAnswer> ConfirmAsync(ApiAnswer import, int count) => stage.Customer.Administrator.PostAsync(
            stage.At(import) + "/removal", new { confirmation = import.Body["removal"]!["confirmation"]!.ToString(), count });
    }

    [Fact]
    public async Task A_department_administrators_list_is_of_the_department_and_shared_travellers_are_in_none()
    {
        var stage = await StageAsync(2);
        var department = await stage.Customer.AddDepartmentAsync("Verkstad");
        var there = await stage.Customer.TravellerAsync(department: department);
        var pool = await stage.Customer.TravellerAsync(department: department);
        (await stage.Customer.Administrator.PatchAsync($"/v1/travellers/{pool.Id}", new { shared = true })).Is(200);
        var chief = await stage.Customer.AddAdministratorAsync(["travellers", "credits"], [department]);

        var import = await stage.ImportAsync(["helt-ny@example.com"], by: chief);

        var missing = (await chief.GetAsync(stage.At(import) + "/missing")).Is(200).Items.Single();
        Assert.Equal(there["id"], missing["traveller_id"]!.ToString());
        var stranger = await stage.Customer.AddAdministratorAsync(["travellers"], [await stage.Customer.AddDepartmentAsync("Kontor")]);
        (await stranger.GetAsync(stage.At(import) + "/missing")).IsProblem(404, "not_found");
        (await stranger.PostAsync(stage.At(import) + "/removal", new { confirmation = "x" })).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_whole_list_with_an_error_is_refused_whole_and_shows_nobody()
    {
        var stage = await StageAsync(2);

        (await stage.Customer.Administrator.PostCsvAsync(stage.Path + "?mode=whole_list", "email\nno address\n")).IsProblem(422, "rows_refused");

        Assert.Equal(0, await Ledger.AskAsync<long>(
            "select count(*) from control.traveller_import where organisation_id = @Id", new { stage.Customer.Id }));
    }

    private static (string, string, string, string) Removal(ApiAnswer import)
    {
        var removal = import.Body["removal"]!;
        return (removal["status"]!.ToString(), removal["missing"]!.ToString(), removal["travellers"]!.ToString(),
            ((bool)removal["count_required"]!).ToString());
    }

    private async Task<Stage> StageAsync(int travellers)
    {
        var customer = await NewCustomerAsync();
        var (ids, emails, accounts) = (new List<Guid>(), new List<string>(), new List<Guid>());
        for (var i = 0; i < travellers; i++)
        {
            var traveller = await customer.TravellerAsync();
            ids.Add(traveller.Id);
            emails.Add(traveller["email"]!);
            accounts.Add((await customer.GiveAppAsync(traveller.Id)).Id);
        }

        return new Stage(customer, [.. ids], [.. emails], [.. accounts]);
    }

    private sealed record Stage(AdminOrganisation Customer, Guid[] Ids, string[] Emails, Guid[] Accounts)
    {
        public string Path => $"/v1/organisations/{Customer.Id}/traveller-imports";

        public string At(ApiAnswer import) => $"{Path}/{import.Id}";

        public async Task<ApiAnswer> ImportAsync(string[] emails, string? another = null, ApiCaller? by = null, string mode = "whole_list")
        {
            var caller = by ?? Customer.Administrator;
            var file = string.Join('\n', [.. emails, .. another is null ? Array.Empty<string>() : [another]]);
            var sent = (await caller.PostCsvAsync($"{Path}?mode={mode}", $"email\n{file}\n")).Is(202);
            Assert.Equal(mode == "whole_list" ? "applying" : null, sent.Body["removal"]?["status"]?.ToString());
            return await UntilAsync(sent, "waiting", "lapsed", null);
        }

        public async Task<ApiAnswer> UntilAsync(ApiAnswer import, params string?[] states)
        {
            ApiAnswer? now = null;
            await Eventually.TrueAsync(
                async () =>
                {
                    now = (await Customer.Administrator.GetAsync(At(import))).Is(200);
                    return now["status"] == "done" && states.Contains(now.Body["removal"]?["status"]?.ToString());
                },
                TimeSpan.FromSeconds(60),
                "the import is " + states[0]);
            return now!;
        }

        public async Task<int> CountAsync() =>
            (await Customer.Administrator.GetAsync($"/v1/organisations/{Customer.Id}/travellers?page_size=200")).Is(200).Items.Count;
    }
}
