using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Admin.Tests.Purchases;

/// <summary>Operator staff gives back what was bought, of any purchase and at any time.</summary>
public sealed class GiveBackTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_card_purchase_of_a_closed_month_is_refunded_and_stands_on_the_next_invoice()
    {
        var (customer, card, account) = await CardAsync();
        await customer.Operator.SetInvoicingAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var id = await month.BuyAsync(account, 10_000);
        await month.MonthEndAsync();
        var staff = customer.Operator.Staff;

        var part = (await RefundAsync(staff, id, 4_000, "Bussen kom inte")).Is(200);
        var rest = (await RefundAsync(staff, id, null, "Resten")).Is(200);
        await (month with { Month = month.Month.Next }).MonthEndAsync();
        var read = (await staff.GetAsync($"/v1/authorisations/{id}")).Is(200);
        var seen = (await customer.Administrator.GetAsync($"/v1/authorisations/{id}")).Is(200);

        var next = month.Month.Next.ToString();
        Assert.Equal(
            ("refund", "staff", "4000", "-4000", next, "Bussen kom inte"),
            (Text(part, "operation", "kind"), Text(part, "operation", "by"), Text(part, "operation", "amount_minor"),
                Text(part, "operation", "invoiced_minor"), Text(part, "operation", "invoice_month"), Text(part, "operation", "reason")));
        Assert.Equal(
            ("captured", "refunded", month.Month.ToString(), "10000"),
            (Text(part, "authorisation", "state"), Text(rest, "authorisation", "state"),
                Text(rest, "authorisation", "invoice_month"), Text(rest, "authorisation", "refunded_minor")));
        var invoices = (await staff.GetAsync("/v1/invoices")).Is(200).Items
            .ToDictionary(one => one["month"]!.ToString(), one => one["number"]!.ToString(), StringComparer.Ordinal);
        Assert.Equal(
            (invoices[month.Month.ToString()], invoices[next], invoices[next]),
            (read.Body["invoice"]!["number"]!.ToString(), Operation(read, 0)["invoice"]!["number"]!.ToString(),
                Operation(read, 1)["invoice"]!["number"]!.ToString()));
        Assert.StartsWith("staff", Operation(read, 0)["by_name"]!.ToString(), StringComparison.Ordinal);
        // Who of the staff it was is the operator's own business.
        Assert.Equal(("staff", null), (Operation(seen, 0)["by"]!.ToString(), Operation(seen, 0)["by_name"]));
        Assert.Contains("card", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purchase_of_today_is_voided_and_its_credit_and_id_follow()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync();
        var validator = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 17" })).Is(201)["token"]!;
        var number = Some.CardNumber();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, number, 50_000)).Is(201).Id;
        var bought = await server.BuyOnCardAsync(validator, number, 20_000);
        var hold = new AuthoriseRequest
        {
            AuthorisationId = Guid.NewGuid().ToString(),
            CardNumber = number,
            AmountMinor = 5_000,
            Currency = "SEK",
            Hold = true,
        };
        await server.Purchases.AuthoriseAsync(hold, DataPlane.Call(validator));

        foreach (var id in new[] { bought.AuthorisationId, hold.AuthorisationId })
        {
            Assert.Equal("voided", Text((await VoidAsync(customer.Operator.Staff, id)).Is(200), "authorisation", "state"));
        }

        Assert.Equal("0", (await customer.Administrator.GetAsync($"/v1/credit-accounts/{account}")).Is(200)["spent_minor"]);
        var again = await server.Purchases.AuthoriseAsync(hold, DataPlane.Call(validator));
        Assert.Equal(DeclineReason.Reversed, again.DeclineReason);
        var read = await server.Purchases.GetAuthorisationAsync(
            new GetAuthorisationRequest { AuthorisationId = bought.AuthorisationId }, DataPlane.Call(validator));
        Assert.Equal((OperationKind.Void, OperationBy.Staff, false), (read.Operations[0].Kind, read.Operations[0].By, read.Operations[0].Own));
        // The next purchase finds the whole limit, on a server with a copy of its own.
        Assert.Equal(Decision.Approved, (await server.BuyOnCardAsync(validator, number, 50_000)).Decision);
        await LedgerSums.AddUpAsync(Ledger, customer.Operator.Id);
    }

    [Fact]
    public async Task The_same_operation_id_gives_back_once_with_one_line_of_the_trail()
    {
        var (customer, _, account) = await CardAsync();
        var staff = customer.Operator.Staff;
        var id = await new ClosedMonth(customer.Operator, ClosedMonth.Ago(1)).BuyAsync(account, 10_000);
        var operation = Guid.NewGuid();

        var first = (await RefundAsync(staff, id, 4_000, "Fel", operation)).Is(200);
        var again = (await RefundAsync(staff, id, 4_000, "Fel, igen", operation)).Is(200);
        var byKey = (await staff.PostAsync(
            $"/v1/authorisations/{id}/refunds", new { amount_minor = 4_000, reason = "Fel" }, operation.ToString())).Is(200);
        (await RefundAsync(staff, id, 4_001, "Fel", operation)).IsProblem(422, "operation_id_used_otherwise");
        (await VoidAsync(staff, id.ToString(), operation)).IsProblem(422, "operation_id_used_otherwise");

        Assert.Equal(("false", "true", "true"), (first["replayed"], again["replayed"], byKey["replayed"]));
        Assert.Equal(first.Body["operation"]!.ToJsonString(), again.Body["operation"]!.ToJsonString());
        Assert.Equal("4000", (await staff.GetAsync($"/v1/authorisations/{id}")).Is(200)["refunded_minor"]);
        var line = Assert.Single((await staff.GetAsync($"/v1/audit?subject=authorisation:{id}")).Is(200).Items);
        Assert.Equal(
            ("authorisation.refunded", "captured", operation.ToString(), "4000", "Fel", customer.Id.ToString()),
            (line["what"]!.ToString(), line["before"]!["state"]!.ToString(), line["after"]!["operation_id"]!.ToString(),
                line["after"]!["amount_minor"]!.ToString(), line["after"]!["reason"]!.ToString(), line["organisation_id"]!.ToString()));
        Assert.Equal("1 127.0.0.1", await Ledger.AskAsync<string>(
            "select count(*) || ' ' || min(address) from control.audit_entry where subject = 'authorisation:' || @id", new { id }));
    }

    [Fact]
    public async Task Of_refunds_at_once_one_gives_all_back_and_the_others_nothing()
    {
        var (customer, _, account) = await CardAsync();
        var id = await new ClosedMonth(customer.Operator, ClosedMonth.Ago(1)).BuyAsync(account, 10_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RefundAsync(customer.Operator.Staff, id, null, "Fel")));

        Assert.Single(answers, one => one.Status == 200);
        Assert.All(answers.Where(one => one.Status != 200), one => one.IsProblem(409, "already_refunded"));
        Assert.Equal(-10_000, await Ledger.AskAsync<long>("select sum(invoiced_minor) from operation where authorisation_id = @id", new { id }));
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_told_with_what_does_it()
    {
        var (customer, _, account) = await CardAsync();
        var staff = customer.Operator.Staff;
        await customer.Operator.SetInvoicingAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var closed = await month.BuyAsync(account, 10_000);
        await month.CloseAsync();
        var open = await (month with { Month = ClosedMonth.Ago(1) }).BuyAsync(account, 10_000);
        await Ledger.ExecuteAsync(
            "update credit_account set month = @month, spent_minor = 10000 where id = @account",
            new { account, month = ClosedMonth.Ago(1).Number });
        (await VoidAsync(staff, open.ToString())).Is(200);

        var refused = (await VoidAsync(staff, closed.ToString())).IsProblem(409, "month_closed");
        Assert.Contains("Operator staff can refund any purchase", refused["detail"]!, StringComparison.Ordinal);
        (await RefundAsync(staff, open, null, "Fel")).IsProblem(409, "already_voided");
        (await RefundAsync(staff, closed, 10_001, "Fel")).IsProblem(409, "amount_over_remaining");
        (await RefundAsync(staff, Guid.NewGuid(), null, "Fel")).IsProblem(404, "not_found");
        (await customer.Administrator.PostAsync($"/v1/authorisations/{closed}/voids", new { reason = "Fel" })).IsProblem(403, "forbidden");
        (await (await NewOperatorAsync()).Staff.PostAsync($"/v1/authorisations/{closed}/voids", new { reason = "Fel" })).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var (customer, _, account) = await CardAsync();
        var id = await new ClosedMonth(customer.Operator, ClosedMonth.Ago(1)).BuyAsync(account, 10_000);
        var path = $"/v1/authorisations/{id}/";
        var staff = customer.Operator.Staff;

        (await staff.PostAsync(path + "refunds", new { amount_minor = 0 })).RefusesFields("operation_id", "amount_minor", "reason");
        (await staff.PostAsync(path + "refunds", new { operation_id = Guid.Empty, amount_minor = 10_000_001, reason = new string('x', 201) }))
            .RefusesFields("operation_id", "amount_minor", "reason");
        (await staff.PostAsync(path + "voids", new { reason = "rad\nbrytning" }, "not-a-uuid")).RefusesFields("operation_id", "reason");
        (await staff.PostAsync(path + "voids", new { operation_id = Guid.NewGuid(), amount_minor = 5, reason = "Fel" })).RefusesFields("amount_minor");
        Assert.Equal("captured", (await staff.GetAsync($"/v1/authorisations/{id}")).Is(200)["state"]);
    }

    private async Task<(AdminOrganisation Customer, string Kind, Guid Account)> CardAsync()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, Some.CardNumber(), 50_000)).Is(201);
        return (customer, account["kind"]!, account.Id);
    }

    private static Task<ApiAnswer> RefundAsync(ApiCaller staff, Guid id, long? amountMinor, string reason, Guid? operation = null) =>
        staff.PostAsync(
            $"/v1/authorisations/{id}/refunds",
            new { operation_id = operation ?? Guid.NewGuid(), amount_minor = amountMinor, reason });

    private static Task<ApiAnswer> VoidAsync(ApiCaller staff, string id, Guid? operation = null) => staff.PostAsync(
        $"/v1/authorisations/{id}/voids", new { operation_id = operation ?? Guid.NewGuid(), reason = "Fel kort" });

    private static JsonNode Operation(ApiAnswer answer, int place) => answer.Body["operations"]!.AsArray()[place]!;

    private static string? Text(ApiAnswer answer, string part, string name) => answer.Body[part]![name]?.ToString();
}
