using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>What is done to one ticket or one card at the same time comes to one outcome, whoever is first.</summary>
public sealed class TicketRaceTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int Rounds = 25;

    [Fact]
    public async Task Activation_end_and_cancellation_at_once_come_to_one_outcome_and_one_sum()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var staff = customer.Operator.Staff;
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            var id = (await customer.TicketAsync("single-adult", new { card = Some.CardNumber() })).Id;
            Func<Task<ApiAnswer>>[] calls =
            [
                () => staff.PostAsync(
                    $"/v1/tickets/{id}/events", new { @event = "activated", occurred_at = DateTime.UtcNow, event_id = Guid.NewGuid() }),
                () => customer.Administrator.PostAsync($"/v1/tickets/{id}/end"),
                () => staff.PostAsync($"/v1/tickets/{id}/cancellation", new { reason = "Resan ställdes in" }),
            ];
            // Begun in another order each time; each is sent before any is answered.
            var answers = await Task.WhenAll(Enumerable.Range(0, calls.Length).Select(i => calls[(i + round) % calls.Length]()));

            Assert.All(answers, answer => Assert.True(answer.Status is 200 or 409, answer.Text));
            var ticket = (await staff.GetAsync($"/v1/tickets/{id}")).Is(200);
            var events = ticket.Body["events"]!.AsArray().Select(one => one!["event"]!.ToString()).ToList();
            // The history is a way through the table, and each call that went well is in it once.
            var state = TicketState.Ordered;
            foreach (var command in events.Skip(1).Select(name => Enum.GetValues<TicketCommand>().Single(one => TicketRule.NameOf(one) == name)))
            {
                var outcome = TicketRule.Decide(state, command);
                Assert.True(outcome.IsAllowed, string.Join(' ', events));
                state = outcome.State;
            }

            Assert.Equal(Words.Of(state), ticket["state"]);
            Assert.Equal(answers.Count(answer => answer.Status == 200), events.Count - 1);
            var charged = await Ledger.AskAsync<long>(
                "select sum(amount_minor)::bigint from billing.charge where source_id = @id", new { id = id.ToString() });
            Assert.Equal(events.Contains("cancelled", StringComparer.Ordinal) ? 0 : 3_400, charged);
            Assert.False(await Ledger.AskAsync<bool>(
                "select exists (select from prepaid_card where card_number = @card)", new { card = ticket.Body["bearer"]!["card"]!.ToString() }));
            var way = string.Join(' ', events.Skip(1));
            outcomes[way] = outcomes.GetValueOrDefault(way) + 1;
        }

        Assert.All(outcomes.Keys, way => Assert.True(way is "cancelled" or "ended" or "activated ended", way));
    }

    [Fact]
    public async Task A_card_gets_a_ticket_or_credit_of_two_administrators_who_give_both_at_once()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var other = await customer.AddAdministratorAsync(["travellers", "credits"]);
        for (var round = 0; round < Rounds; round++)
        {
            var card = Some.CardNumber();
            var traveller = (await customer.TravellerAsync()).Id;
            var order = customer.OrderAsync(new
            {
                department_id = customer.DepartmentId,
                reason = "Mässan",
                items = new[] { new { product = "single-adult", traveller_id = traveller, bearer = new { card } } },
            });
            var credit = other.PostAsync(
                $"/v1/travellers/{traveller}/credit-accounts", new { kind = "card", card_number = card, limit_minor = 10_000 });

            var statuses = (await Task.WhenAll(order, credit)).Select(answer => answer.Status).Order();

            Assert.Equal([201, 400], statuses);
            Assert.Equal(1, await Ledger.AskAsync<int>(
                """
                select ((select count(*) from control.ticket where card_number = @card)
                  + (select count(*) from credit_account where card_number = @card and removed_at is null))::integer
                """,
                new { card }));
        }
    }

    [Fact]
    public async Task Of_two_administrators_who_change_one_bearer_the_second_is_told_and_tickets_swap_cards_without_a_deadlock()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var other = await customer.AddAdministratorAsync(["purchases"]);
        for (var round = 0; round < Rounds; round++)
        {
            var (one, two) = (Some.CardNumber(), Some.CardNumber());
            var ticket = await customer.TicketAsync("single-adult", new { card = one });
            var answers = await Task.WhenAll(
                customer.Administrator.PutAsync($"/v1/tickets/{ticket.Id}/bearer", new { card = two }, ticket.Tag),
                other.PutAsync($"/v1/tickets/{ticket.Id}/bearer", new { app = "070-174 06 05" }, ticket.Tag));
            Assert.Equal([200, 412], answers.Select(answer => answer.Status).Order());

            var (left, right) = (await customer.TicketAsync("single-adult", new { card = one }), await customer.TicketAsync("single-adult", new { card = two }));
            var swapped = await Task.WhenAll(
                customer.Administrator.PutAsync($"/v1/tickets/{left.Id}/bearer", new { card = two }),
                other.PutAsync($"/v1/tickets/{right.Id}/bearer", new { card = one }));
            Assert.All(swapped, answer => answer.Is(200));
            Assert.Equal(2, await Ledger.AskAsync<int>(
                "select count(*)::integer from prepaid_card where card_number = any(@cards)", new { cards = new[] { one, two } }));
        }
    }
}
