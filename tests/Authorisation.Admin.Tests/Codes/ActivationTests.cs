using System.Diagnostics;
using Authorisation.Admin.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Codes;

[Trait("Tier", "Slow")]
public sealed class ActivationTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("jamtland")]
    [InlineData("jonkoping")]
    [InlineData("kalmar")]
    [InlineData("akt")]
    public async Task The_login_is_what_the_operator_has_and_the_app_buys_until_it_is_deactivated(string profile)
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync(profile);
        Assert.Equal(
            profile switch { "jamtland" => stage.Email, "akt" => stage.Mobile, _ => stage.Login }, stage.Login);

        var typed = profile == "akt" ? stage.Mobile[3..] : stage.Login.ToUpperInvariant();
        var activated = await server.ActivateAsync(stage.BackEnd, typed, stage.Code);

        Assert.Equal(stage.Account.ToString(), activated.AppAccountId);
        Assert.Equal((50_000, 50_000), (activated.Credit.LimitMinor, activated.Credit.RemainingMinor));
        var currency = profile == "akt" ? "NOK" : "SEK";
        Assert.Equal(Decision.Approved, (await server.BuyAsync(activated.AppToken, stage.Account, 25_000, currency)).Decision);
        var view = (await stage.Customer.Administrator.GetAsync($"/v1/credit-accounts/{stage.Account}")).Is(200);
        Assert.Equal(("25000", "25000"), (view["spent_minor"], view["remaining_minor"]));
        Assert.Equal(("active", "iPhone 17"), (view.Body["activation"]!["state"]!.ToString(), view.Body["activation"]!["device_name"]!.ToString()));
        var bought = (await stage.Customer.Administrator.GetAsync($"/v1/credit-accounts/{stage.Account}/authorisations")).Is(200).Items.Single();
        Assert.Equal(("captured", "25000"), (bought["state"]!.ToString(), bought["amount_minor"]!.ToString()));

        await server.Activations.DeactivateAsync(new DeactivateRequest(), DataPlane.Call(activated.AppToken));
        await EndsAsync(server, activated.AppToken, stage.Account);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_id_and_the_earlier_token_ends()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");
        var id = Guid.NewGuid();
        var first = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code, id);

        var again = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code, id);

        Assert.NotEqual(first.AppToken, again.AppToken, StringComparer.Ordinal);
        await EndsAsync(server, first.AppToken, stage.Account);
        Assert.Equal(Decision.Approved, (await server.BuyAsync(again.AppToken, stage.Account, 100)).Decision);
        await RefusedAsync(() => server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code));
        await Ledger.ExecuteAsync(
            "update control.activation_code set used_at = used_at - interval '10 minutes' where account_id = @Account", stage);
        await RefusedAsync(() => server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code, id));
    }

    [Fact]
    public async Task Wrong_used_lapsed_unknown_and_tried_out_codes_look_alike_and_take_as_long()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var used = await StageAsync("jonkoping");
        var lapsed = await StageAsync("jonkoping", used.Customer);
        await server.ActivateAsync(used.BackEnd, used.Login, used.Code);
        await Ledger.ExecuteAsync(
            "update control.activation_code set expires_at = clock_timestamp() where account_id = @Account", lapsed);

        var answers = new List<(string Message, TimeSpan Took)>();
        foreach (var (login, code) in new[]
        {
            (used.Login, used.Code), (lapsed.Login, lapsed.Code), (lapsed.Login, "00000000"), ("nobody", lapsed.Code), ("x", "not a code"),
        })
        {
            var began = Stopwatch.GetTimestamp();
            var error = await RefusedAsync(() => server.ActivateAsync(used.BackEnd, login, code));
            answers.Add((error.Status.Detail, Stopwatch.GetElapsedTime(began)));
        }

        Assert.Single(answers.Select(answer => answer.Message).Distinct(StringComparer.Ordinal));
        Assert.All(answers, answer => Assert.True(answer.Took >= Core.Limits.ActivationRefusalTime, answer.Took.ToString()));
    }

    [Fact]
    public async Task After_five_wrong_tries_the_right_code_is_refused_also_when_they_come_at_once()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i =>
            RefusedAsync(() => server.ActivateAsync(stage.BackEnd, stage.Login, $"0000000{i}"))));
        await RefusedAsync(() => server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code));

        Assert.Equal("lapsed", (await stage.Customer.Administrator.GetAsync($"/v1/credit-accounts/{stage.Account}")).Body["activation"]!["state"]!.ToString());
        (await stage.Customer.Administrator.PostAsync($"/v1/credit-accounts/{stage.Account}/activation-codes")).Is(201);
        var (login, code) = await Mailbox.CodeAsync(stage.Mobile, 2);
        await server.ActivateAsync(stage.BackEnd, login, code);
    }

    [Fact]
    public async Task A_code_is_spent_once_however_many_come_at_once()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
                return 1;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.PermissionDenied)
            {
                return 0;
            }
        }));

        Assert.Equal(1, results.Sum());
    }

    [Fact]
    public async Task Guessing_over_many_tries_of_one_login_is_stopped_also_for_one_that_is_not_there()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");
        for (var i = 0; i < 10; i++)
        {
            await RefusedAsync(() => server.ActivateAsync(stage.BackEnd, "nobody", "12345678"));
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => server.ActivateAsync(stage.BackEnd, "nobody", "12345678"));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
    }

    [Fact]
    public async Task A_new_code_ends_the_old_one_and_a_new_activation_ends_the_first_apps_token()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jamtland");
        var first = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
        (await stage.Customer.Administrator.PostAsync($"/v1/credit-accounts/{stage.Account}/activation-codes")).Is(201);
        var (_, second) = await Mailbox.CodeAsync(stage.Mobile, 2);
        (await stage.Customer.Administrator.PostAsync($"/v1/credit-accounts/{stage.Account}/activation-codes")).Is(201);
        var (_, third) = await Mailbox.CodeAsync(stage.Mobile, 3);
        Assert.Equal(Decision.Approved, (await server.BuyAsync(first.AppToken, stage.Account, 100)).Decision);

        await RefusedAsync(() => server.ActivateAsync(stage.BackEnd, stage.Login, second));
        var again = await server.ActivateAsync(stage.BackEnd, stage.Login, third);

        await EndsAsync(server, first.AppToken, stage.Account);
        Assert.Equal(Decision.Approved, (await server.BuyAsync(again.AppToken, stage.Account, 100)).Decision);
    }

    [Fact]
    public async Task A_changed_mobile_number_ends_access_and_sends_a_new_code_there()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("akt");
        var app = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
        var mobile = Some.NorwegianMobile();

        (await stage.Customer.Administrator.PatchAsync($"/v1/travellers/{stage.Traveller}", new { mobile })).Is(200);

        await EndsAsync(server, app.AppToken, stage.Account);
        var (login, code) = await Mailbox.CodeAsync(mobile);
        Assert.Equal(mobile, login);
        await server.ActivateAsync(stage.BackEnd, login, code);
    }

    [Fact]
    public async Task A_removed_credit_ends_access_and_given_again_goes_on_with_what_the_month_had_spent()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");
        var app = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
        await server.BuyAsync(app.AppToken, stage.Account, 30_000);

        (await stage.Customer.Administrator.DeleteAsync($"/v1/credit-accounts/{stage.Account}")).Is(204);
        await EndsAsync(server, app.AppToken, stage.Account);
        var again = await stage.Customer.GiveAppAsync(stage.Traveller, 40_000);

        Assert.Equal(("30000", "10000"), (again["spent_minor"], again["remaining_minor"]));
        var (login, code) = await Mailbox.CodeAsync(stage.Mobile, 2);
        var activated = await server.ActivateAsync(stage.BackEnd, login, code);
        Assert.Equal(Decision.Declined, (await server.BuyAsync(activated.AppToken, again.Id, 10_001)).Decision);
        Assert.Equal(Decision.Approved, (await server.BuyAsync(activated.AppToken, again.Id, 10_000)).Decision);
    }

    [Fact]
    public async Task A_traveller_who_is_removed_and_added_again_goes_on_with_what_the_month_had_spent()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync("jonkoping");
        var app = await server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code);
        await server.BuyAsync(app.AppToken, stage.Account, 30_000);
        (await stage.Customer.Administrator.DeleteAsync($"/v1/travellers/{stage.Traveller}")).Is(204);

        var traveller = await stage.Customer.TravellerAsync(stage.Mobile, email: stage.Email.ToUpperInvariant());
        var again = await stage.Customer.GiveAppAsync(traveller.Id, 40_000);

        Assert.Equal((stage.Account, traveller["id"], "10000"), (again.Id, again["traveller_id"], again["remaining_minor"]));
        (await stage.Customer.Administrator.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);
        var another = await stage.Customer.TravellerAsync(stage.Mobile);
        Assert.Equal("40000", (await stage.Customer.GiveAppAsync(another.Id, 40_000))["remaining_minor"]);
    }

    [Fact]
    public async Task One_address_in_two_organisations_is_told_apart_by_the_code()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var one = await StageAsync("jamtland");
        var other = await StageAsync("jamtland", await one.Customer.Operator.CustomerAsync(), one.Email);

        Assert.Equal(other.Account.ToString(), (await server.ActivateAsync(one.BackEnd, one.Email, other.Code)).AppAccountId);
        Assert.Equal(one.Account.ToString(), (await server.ActivateAsync(one.BackEnd, one.Email, one.Code)).AppAccountId);
    }

    [Fact]
    public async Task Only_app_back_ends_activate_and_a_server_without_the_key_says_so()
    {
        await using var server = await DataPlane.StartAsync(Ledger, codeKey: null);
        var stage = await StageAsync("jonkoping");
        var validator = (await stage.Customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 1" })).Is(201)["token"]!;

        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => server.ActivateAsync(validator, "a", "b"))).StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => server.ActivateAsync(stage.BackEnd, stage.Login, stage.Code))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => server.ActivateAsync(stage.BackEnd, "", ""))).StatusCode);
    }

    [Fact]
    public async Task No_code_stands_anywhere_in_the_database()
    {
        var stage = await StageAsync("jonkoping");

        // What a message says goes once it is known to be sent, a moment after it was.
        await Authorisation.Testing.Eventually.TrueAsync(async () => await Ledger.AskAsync<long>(
            """
            select (select count(*) from control.activation_code where account_id = @Account and row_to_json(activation_code)::text like '%' || @Code || '%')
              + (select count(*) from control.message where account_id = @Account and text is not null)
              + (select count(*) from control.audit_entry where coalesce(after::text, '') || coalesce(before::text, '') like '%' || @Code || '%')
            """,
            new { stage.Account, stage.Code }) == 0, Authorisation.Testing.Eventually.Bound, "the code is nowhere");
    }

    private static async Task<RpcException> RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        return error;
    }

    private static Task EndsAsync(DataPlane server, string token, Guid account) => Authorisation.Testing.Eventually.TrueAsync(
        async () => (await Assert.ThrowsAsync<RpcException>(() => server.BuyAsync(token, account, 1))).StatusCode == StatusCode.Unauthenticated,
        Authorisation.Testing.Eventually.Bound,
        "the token is refused");

    private async Task<Stage> StageAsync(string profile, AdminOrganisation? customer = null, string? email = null)
    {
        customer ??= await NewCustomerAsync(profile);
        var traveller = await customer.TravellerAsync(email: email);
        var account = await customer.GiveAppAsync(traveller.Id);
        var mobile = traveller["mobile"]!;
        var (login, code) = await Mailbox.CodeAsync(mobile);
        var backEnd = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "Appen" })).Is(201)["token"]!;
        // An e-mail address is masked in the SMS: its owner knows it.
        var typed = login.Contains('@', StringComparison.Ordinal) ? traveller["email"]! : login;
        return new Stage(customer, traveller.Id, traveller["email"]!, mobile, account.Id, typed, code, backEnd);
    }

    private sealed record Stage(
        AdminOrganisation Customer, Guid Traveller, string Email, string Mobile, Guid Account, string Login, string Code, string BackEnd);
}
