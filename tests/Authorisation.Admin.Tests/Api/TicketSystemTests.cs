using Authorisation.Admin.Tests.Support;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>The operator's ticket system calls with its own token: what is its own, and nothing else.</summary>
public sealed class TicketSystemTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task It_marks_and_unmarks_cards_of_its_operator_and_the_trail_says_so()
    {
        var (at, system, client) = await SystemAsync();
        var card = TestOperator.NewCardNumber();

        var marked = (await system.PostAsync("/v1/prepaid-cards", new { card_number = card })).Is(200);

        Assert.Equal(at.Code, marked["operator"]!);
        var line = (await at.Staff.GetAsync("/v1/audit")).Is(200).Items.First(one => one["what"]!.ToString() == "prepaid_card.marked");
        Assert.Equal(client, line["client_id"]!.ToString());
        Assert.Null(line["who"]);
        (await system.DeleteAsync("/v1/prepaid-cards", body: new { card_number = card })).Is(204);
        var neighbour = await NewOperatorAsync();
        (await system.PostAsync("/v1/prepaid-cards", new { @operator = neighbour.Code, card_number = card }))
            .IsProblem(400, "invalid_fields");
    }

    [Fact]
    public async Task A_card_with_credit_is_refused_as_it_is_to_staff()
    {
        var customer = await NewCustomerAsync();
        var (_, system, _) = await SystemAsync(customer.Operator);
        var card = TestOperator.NewCardNumber();
        var traveller = await customer.TravellerAsync();
        (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts", new { kind = "card", card_number = card, limit_minor = 50_000 })).Is(201);

        (await system.PostAsync("/v1/prepaid-cards", new { card_number = card })).IsProblem(409, "has_credit");
    }

    [Fact]
    public async Task It_sees_its_own_operator_s_events_and_changes_none()
    {
        var (at, system, _) = await SystemAsync();
        (await at.Staff.PutAsync($"/v1/operators/{at.Code}/webhook", new { url = "https://tickets.example.com/" })).Is(200);
        (await at.Staff.PostAsync($"/v1/operators/{at.Code}/webhook/test")).Is(204);
        var (_, stranger, _) = await SystemAsync();

        var own = (await system.GetAsync("/v1/events")).Is(200).Items.Single();

        (await system.GetAsync($"/v1/events/{own["id"]}")).Is(200);
        (await system.PostAsync($"/v1/events/{own["id"]}/sending")).IsProblem(403, "forbidden");
        Assert.Empty((await stranger.GetAsync("/v1/events")).Is(200).Items);
        (await stranger.GetAsync($"/v1/events/{own["id"]}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Its_token_opens_nothing_else_ends_at_once_and_is_none_of_the_data_plane()
    {
        var (at, system, client) = await SystemAsync();
        (await system.GetAsync("/v1/organisations")).IsProblem(403, "forbidden");
        (await system.GetAsync("/v1/audit")).IsProblem(403, "forbidden");
        (await system.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 17" })).IsProblem(403, "forbidden");
        await using var plane = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => plane.ActivateAsync(system.Token!, "anna", "00000000"));
        Assert.Equal(Grpc.Core.StatusCode.Unauthenticated, refused.StatusCode);

        (await at.Staff.DeleteAsync($"/v1/clients/{client}")).Is(204);

        (await system.GetAsync("/v1/events")).IsProblem(401, "no_session");
    }

    [Fact]
    public async Task A_repeated_request_of_its_own_gets_the_first_answer()
    {
        var (_, system, _) = await SystemAsync();
        var (_, other, _) = await SystemAsync();
        var (key, card) = (Guid.NewGuid().ToString(), TestOperator.NewCardNumber());

        var first = (await system.PostAsync("/v1/prepaid-cards", new { card_number = card }, key)).Is(200);

        Assert.Equal(first.Text, (await system.PostAsync("/v1/prepaid-cards", new { card_number = card }, key)).Is(200).Text);
        Assert.NotEqual(
            first.Text, (await other.PostAsync("/v1/prepaid-cards", new { card_number = card }, key)).Is(200).Text, StringComparer.Ordinal);
    }

    [Fact]
    public async Task It_is_registered_without_a_certificate()
    {
        var at = await NewOperatorAsync();

        var refused = (await at.Staff.PostAsync(
            "/v1/clients", new { kind = "ticket_system", name = "Biljettsystemet", certificate_sha256 = new string('a', 64) }))
            .IsProblem(400, "invalid_fields");

        Assert.Equal("certificate_sha256", refused.Fields, StringComparer.Ordinal);
    }

    private async Task<(AdminOperator At, ApiCaller System, string Client)> SystemAsync(AdminOperator? of = null)
    {
        var at = of ?? await NewOperatorAsync();
        var made = (await at.Staff.PostAsync("/v1/clients", new { kind = "ticket_system", name = "Biljettsystemet" })).Is(201);
        return (at, Host.As(made["token"]!), made["id"]!.ToString());
    }
}
