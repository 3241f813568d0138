using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>What is refused because it is there already does not end in the log of Postgres, which many can read.</summary>
[Trait("Tier", "Slow")]
public sealed class LoggedValuesTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int AtOnce = 6;

    [Fact]
    public async Task Of_many_who_take_the_same_one_gets_it_and_the_log_of_Postgres_has_nothing_of_it()
    {
        await using var ledger = await TestLedger.CreateAsync(server.Postgres);
        await using var host = await InProcessAdmin.StartAsync(ledger, CodeKey.NewText(), null, "--MonthEnd:Runs=false", "--Access:AnonymousCallsPerMinute=100000");
        var mailbox = new Mailbox(TestDirectory.NewPath("messages"));
        var oper = await AdminOperator.CreateAsync(ledger, host, mailbox, "jamtland");
        var number = Some.OrganisationNumber("SE");
        var applications = await AtOnceAsync(_ => oper.Host.Nobody.PostAsync("/v1/organisations", oper.Application(number)));
        var approved = await AtOnceAsync(i => oper.Staff.PostAsync($"/v1/organisations/{applications[i].Is(201).Id}/approval"));
        var organisation = Assert.Single(approved, answer => answer.Status == 200).Id;
        Assert.Equal(AtOnce - 1, approved.Count(answer => answer is { Status: 409, Code: "taken" }));
        var department = Guid.Parse((await oper.Staff.GetAsync($"/v1/organisations/{organisation}/departments")).Items[0]["id"]!.ToString());

        var email = Some.Email("samma");
        OneOf(await AtOnceAsync(_ => oper.Staff.PostAsync(
            $"/v1/organisations/{organisation}/administrators", new { email, name = "Anna", organisation_wide = true })));
        var (traveller, mobile, card) = (Some.Email("resenar"), Some.SwedishMobile(), TestOperator.NewCardNumber());
        OneOf(await AtOnceAsync(_ => oper.Staff.PostAsync(
            $"/v1/organisations/{organisation}/travellers", new { email = traveller, mobile, department_id = department })));
        var others = await AtOnceAsync(_ => oper.Staff.PostAsync(
            $"/v1/organisations/{organisation}/travellers", new { email = Some.Email("annan"), mobile, department_id = department }));
        OneOf(await AtOnceAsync(i => oper.Staff.PostAsync(
            $"/v1/travellers/{others[i].Is(201).Id}/credit-accounts", new { kind = "card", card_number = card, limit_minor = 50_000 })));
        OneOf(await AtOnceAsync(i => oper.Staff.PostAsync(
            $"/v1/travellers/{others[i].Id}/credit-accounts", new { kind = "app", limit_minor = 50_000 })));
        var renamed = Some.Email("ny");
        OneOf(await AtOnceAsync(i => oper.Staff.PatchAsync($"/v1/travellers/{others[i].Id}", new { email = renamed }, others[i].Tag)));
        await AtOnceAsync(_ => oper.Staff.PostAsync("/v1/prepaid-cards", new { @operator = oper.Code, card_number = TestOperator.NewCardNumber() }));

        var log = await File.ReadAllTextAsync(server.Private.LogPath);
        Assert.DoesNotContain("duplicate key", log, StringComparison.Ordinal);
        Assert.All([card, mobile, email, traveller, renamed, number], value => Assert.DoesNotContain(value, log, StringComparison.Ordinal));
    }

    private static Task<ApiAnswer[]> AtOnceAsync(Func<int, Task<ApiAnswer>> call) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Task.Run(() => call(i))));

    // The others are told that it is taken, or of the field that is.
    private static void OneOf(ApiAnswer[] answers)
    {
        Assert.Single(answers, answer => answer.Status is 200 or 201);
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 201 or 400 or 409, answer.Text));
    }
}
