using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>What becomes of a ticket that was sent: another bearer, an end, a cancellation, and what is reported of it.</summary>
public sealed class TicketLifeTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly TimeZoneInfo Stockholm = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");

    [Fact]
    public async Task A_bearer_is_changed_ended_and_told_with_all_of_it_in_the_history_and_the_trail()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (card, mobile) = (Some.CardNumber(), Some.SwedishMobile());
        var ticket = await customer.TicketAsync("single-adult", new { card });
        var path = $"/v1/tickets/{ticket.Id}";
        var moved = (await customer.Administrator.PutAsync(path + "/bearer", new { app = mobile }, ticket.Tag)).Is(200);
        (await customer.Administrator.PutAsync(path + "/bearer", new { card }, ticket.Tag)).IsProblem(412, "changed_by_another");
        // The same again is no change.
        Assert.Equal(moved.Text, (await customer.Administrator.PutAsync(path + "/bearer", new { app = mobile })).Is(200).Text);

        var ended = (await customer.Administrator.PostAsync(path + "/end")).Is(200);
        Assert.Equal(ended.Text, (await customer.Administrator.PostAsync(path + "/end")).Is(200).Text);
        (await customer.Administrator.PutAsync(path + "/bearer", new { card })).IsProblem(409, "ticket_state");
        (await customer.Operator.Staff.PostAsync(path + "/cancellation", new { reason = "Ångrade sig" })).IsProblem(409, "ticket_state");

        Assert.Equal(
            $"ordered - ordered -/card:{card}; bearer_changed ordered ordered card:{card}/app:{mobile}; ended ordered ended -/-",
            string.Join("; ", ended.Body["events"]!.AsArray().Select(one =>
                $"{one!["event"]} {one["state_before"] ?? "-"} {one["state_after"]} {one["bearer_before"] ?? "-"}/{one["bearer_after"] ?? "-"}")));
        Assert.All(ended.Body["events"]!.AsArray(), one => Assert.Equal(customer.AdministratorEmail, one!["by"]!.ToString()));
        Assert.Equal(
            ["ticket.ended", "ticket.bearer_changed"],
            (await customer.Administrator.GetAsync($"/v1/audit?subject=ticket:{ticket.Id}")).Is(200).Items.Select(line => line["what"]!.ToString()),
            StringComparer.Ordinal);
        Assert.Equal(
            "ticket.ordered ticket.bearer_changed ticket.ended",
            await Ledger.AskAsync<string>(
                "select string_agg(type, ' ' order by number) from control.event where subject = @id", new { id = ticket.Id.ToString() }));
        Assert.Contains("biljett", await Mailbox.WaitAsync(mobile), StringComparison.Ordinal);
        Assert.Equal(3_400, await ChargedAsync(ticket.Id));
    }

    [Fact]
    public async Task Staff_cancel_a_ticket_that_was_never_activated_and_its_charge_is_taken_back()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (ticket, used) = (await customer.TicketAsync("single-adult"), await customer.TicketAsync("single-adult"));
        (await ReportAsync(customer.Operator.Staff, used.Id, "activated")).Is(200);
        var path = $"/v1/tickets/{ticket.Id}/cancellation";
        (await customer.Administrator.PostAsync(path, new { reason = "x" })).IsProblem(403, "forbidden");
        (await customer.Operator.Staff.PostAsync(path, new { reason = " " })).RefusesFields("reason");

        var cancelled = (await customer.Operator.Staff.PostAsync(path, new { reason = "Resan ställdes in" })).Is(200);
        (await customer.Operator.Staff.PostAsync(path, new { reason = "Igen" })).Is(200);

        Assert.Equal("cancelled", cancelled["state"]);
        Assert.Equal("Resan ställdes in", cancelled.Body["events"]!.AsArray()[^1]!["reason"]!.ToString());
        Assert.Equal(0, await ChargedAsync(ticket.Id));
        Assert.Equal("Makulerad: Enkelbiljett vuxen, till app", await Ledger.AskAsync<string>(
            "select description from billing.charge where source_kind = 'ticket_reversal' and source_id = @id", new { id = ticket.Id.ToString() }));
        (await customer.Operator.Staff.PostAsync($"/v1/tickets/{used.Id}/cancellation", new { reason = "x" })).IsProblem(409, "ticket_state");
        Assert.Equal(3_400, await ChargedAsync(used.Id));
    }

    [Fact]
    public async Task The_ticket_system_reports_and_a_repeated_report_is_answered_as_the_first()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var system = await SystemAsync(customer.Operator);
        var (ticket, other) = (await customer.TicketAsync("single-adult"), await customer.TicketAsync("single-adult"));
        var id = Guid.NewGuid();
        Assert.Equal("delivered", (await ReportAsync(system, ticket.Id, "delivered", id)).Is(200)["state"]);
        Assert.Equal("activated", (await ReportAsync(system, ticket.Id, "activated")).Is(200)["state"]);
        Assert.Equal("delivered", (await ReportAsync(system, ticket.Id, "delivered", id)).Is(200)["state"]);
        // A report that comes late is recorded and changes nothing.
        Assert.Equal("activated", (await ReportAsync(system, ticket.Id, "delivered")).Is(200)["state"]);
        (await ReportAsync(system, ticket.Id, "activated", id)).IsProblem(422, "operation_id_taken");
        (await ReportAsync(system, other.Id, "delivered", id)).IsProblem(422, "operation_id_taken");
        (await ReportAsync(system, ticket.Id, "undeliverable")).IsProblem(409, "ticket_state");
        Assert.Equal("used_up", (await ReportAsync(system, ticket.Id, "used_up")).Is(200)["state"]);

        var events = (await customer.Administrator.GetAsync($"/v1/tickets/{ticket.Id}")).Is(200).Body["events"]!.AsArray();
        Assert.Equal(
            "ordered delivered activated delivered used_up", string.Join(' ', events.Select(one => one!["event"]!.ToString())));
        Assert.All(events.Skip(1), one => Assert.True(one!["by"] is null && one["client_id"] is not null));
        var stranger = await SystemAsync(await NewOperatorAsync());
        (await ReportAsync(stranger, ticket.Id, "expired")).IsProblem(404, "not_found");
        (await ReportAsync(customer.Administrator, ticket.Id, "expired")).IsProblem(403, "forbidden");
        (await system.PostAsync(
            $"/v1/tickets/{other.Id}/events",
            new { @event = "lost", occurred_at = DateTimeOffset.UtcNow.AddHours(1), reason = new string('x', 201) }))
            .RefusesFields("event", "occurred_at", "event_id", "reason");
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_not_charged_and_frees_its_card()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var card = Some.CardNumber();
        var ticket = await customer.TicketAsync("single-adult", new { card });

        (await ReportAsync(await SystemAsync(customer.Operator), ticket.Id, "undeliverable", reason: "Kortet är spärrat")).Is(200);

        var read = (await customer.Administrator.GetAsync($"/v1/tickets/{ticket.Id}")).Is(200);
        Assert.Equal(("undeliverable", "Kortet är spärrat"), (read["state"], read.Body["events"]!.AsArray()[^1]!["reason"]!.ToString()));
        Assert.Equal(0, await ChargedAsync(ticket.Id));
        (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 10_000)).Is(201);
    }

    [Fact]
    public async Task What_is_reported_of_the_bearer_before_says_nothing_of_the_one_now()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var system = await SystemAsync(customer.Operator);
        var ticket = await customer.TicketAsync("single-adult");
        var before = await Ledger.AskAsync<DateTime>("select ledger_now()");
        (await customer.Administrator.PutAsync($"/v1/tickets/{ticket.Id}/bearer", new { card = Some.CardNumber() })).Is(200);

        Assert.Equal("ordered", (await ReportAsync(system, ticket.Id, "undeliverable", at: before)).Is(200)["state"]);
        Assert.Equal("ordered", (await ReportAsync(system, ticket.Id, "delivered", at: before)).Is(200)["state"]);
        Assert.Equal("delivered", (await ReportAsync(system, ticket.Id, "delivered")).Is(200)["state"]);
        // On another bearer it has to be delivered again.
        Assert.Equal("ordered", (await customer.Administrator.PutAsync(
            $"/v1/tickets/{ticket.Id}/bearer", new { card = Some.CardNumber() })).Is(200)["state"]);
    }

    [Fact]
    public async Task An_employer_sees_the_day_on_which_a_ticket_was_used_and_staff_the_time()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var ticket = await customer.TicketAsync("single-adult");
        var at = DateTime.UtcNow.AddSeconds(1);
        (await ReportAsync(await SystemAsync(customer.Operator), ticket.Id, "activated", at: at)).Is(200);

        var seen = await ActivationAsync(customer.Administrator, ticket.Id);
        Assert.All(seen, moment => Assert.Equal(TimeSpan.Zero, TimeZoneInfo.ConvertTime(moment, Stockholm).TimeOfDay));
        Assert.All(seen, moment => Assert.InRange(at - moment.UtcDateTime, TimeSpan.Zero, TimeSpan.FromDays(2)));
        var known = await ActivationAsync(customer.Operator.Staff, ticket.Id);
        Assert.All(known, moment => Assert.InRange(moment.UtcDateTime - at, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(5)));
        // The order is the employer's own: its time is shown.
        var ordered = (await customer.Administrator.GetAsync($"/v1/tickets/{ticket.Id}")).Is(200).Body["events"]![0]!;
        Assert.InRange(at - ordered["recorded_at"]!.GetValue<DateTimeOffset>().UtcDateTime, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    // When it was activated, as its history and the trail have it.
    private static async Task<IReadOnlyList<DateTimeOffset>> ActivationAsync(ApiCaller caller, Guid ticket)
    {
        var shown = (await caller.GetAsync($"/v1/tickets/{ticket}")).Is(200).Body["events"]!.AsArray()[^1]!;
        Assert.Equal("activated", shown["event"]!.ToString());
        var line = (await caller.GetAsync($"/v1/audit?subject=ticket:{ticket}")).Is(200).Items.First(one => one["what"]!.ToString() == "ticket.activated");
        return [shown["occurred_at"]!.GetValue<DateTimeOffset>(), shown["recorded_at"]!.GetValue<DateTimeOffset>(), line["at"]!.GetValue<DateTimeOffset>()];
    }

    [Fact]
    public async Task Nothing_happened_to_a_ticket_before_it_was_ordered()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var ticket = await customer.TicketAsync("single-adult");
        var system = await SystemAsync(customer.Operator);
        (await ReportAsync(system, ticket.Id, "delivered", at: DateTime.UtcNow.AddHours(-1))).RefusesFields("occurred_at");
        (await ReportAsync(system, ticket.Id, "delivered", at: DateTime.UnixEpoch)).RefusesFields("occurred_at");
        (await ReportAsync(system, ticket.Id, "delivered", at: DateTime.UtcNow.AddMinutes(-1))).Is(200);
    }

    [Fact]
    public async Task A_travellers_tickets_are_listed_to_those_who_see_the_department_that_pays()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var own = await customer.AddDepartmentAsync("Lagret");
        var traveller = await customer.TravellerAsync(department: own);
        var of = await customer.AddAdministratorAsync(["purchases"], [own]);
        foreach (var department in new[] { own, customer.DepartmentId })
        {
            (await customer.OrderAsync(new
            {
                department_id = department,
                reason = "Mässan",
                items = new[] { new { product = "single-adult", traveller_id = traveller.Id, bearer = new { app = Some.SwedishMobile() } } },
            })).Is(201);
        }

        var path = $"/v1/travellers/{traveller.Id}/tickets";
        Assert.Equal(2, (await customer.Administrator.GetAsync(path)).Is(200).Items.Count);
        Assert.Equal(own.ToString(), Assert.Single((await of.GetAsync(path)).Is(200).Items)["department_id"]!.ToString());
    }

    [Fact]
    public async Task Several_reports_are_each_answered_by_themselves()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var system = await SystemAsync(customer.Operator);
        var (one, two) = ((await customer.TicketAsync("single-adult")).Id, (await customer.TicketAsync("single-adult")).Id);
        var (repeated, at) = (Guid.NewGuid(), DateTimeOffset.UtcNow);

        var answers = (await system.PostAsync("/v1/ticket-events", new
        {
            events = new object?[]
            {
                new { ticket_id = one, @event = "delivered", occurred_at = at, event_id = repeated },
                new { ticket_id = one, @event = "delivered", occurred_at = at, event_id = repeated },
                new { ticket_id = two, @event = "undeliverable", occurred_at = at, event_id = Guid.NewGuid() },
                new { ticket_id = two, @event = "activated", occurred_at = at, event_id = Guid.NewGuid() },
                new { ticket_id = Guid.NewGuid(), @event = "activated", occurred_at = at, event_id = Guid.NewGuid() },
                new { ticket_id = one, @event = "lost", occurred_at = at },
                null,
                new { ticket_id = one, @event = "used_up", occurred_at = at, event_id = Guid.NewGuid() },
            },
        })).Is(200).Body["answers"]!.AsArray();

        Assert.Equal(
            "recorded delivered; recorded delivered; recorded undeliverable; refused undeliverable ticket_state; refused  not_found; "
            + "refused delivered invalid_fields event,event_id; refused  invalid_fields ticket_id,event,occurred_at,event_id; recorded used_up",
            string.Join("; ", answers.Select(answer => $"{answer!["result"]} {answer["state"]} {answer["code"]} "
                .TrimEnd() + (answer["errors"] is { } errors ? " " + string.Join(',', errors.AsArray().Select(error => error!["field"])) : ""))));
        Assert.Contains(Host.Log.Entries, entry => entry.EventId.Id == 5670 && entry.Message.Contains(two.ToString(), StringComparison.Ordinal));
        (await system.PostAsync("/v1/ticket-events", new { events = Array.Empty<object>() })).RefusesFields("events");
        (await system.PostAsync("/v1/ticket-events", new { })).RefusesFields("events");
    }

    [Fact]
    public async Task Lists_are_narrowed_by_state_traveller_bearer_month_and_department()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var card = Some.CardNumber();
        var first = await customer.TicketAsync("single-adult", new { card });
        var second = await customer.TicketAsync("single-adult", department: department);
        (await customer.Administrator.PostAsync($"/v1/tickets/{first.Id}/end")).Is(200);

        Assert.Equal([second.Id, first.Id], await IdsAsync(""));
        Assert.Equal([first.Id], await IdsAsync("?state=ended"));
        Assert.Equal([second.Id], await IdsAsync($"?traveller_id={second["traveller_id"]}"));
        Assert.Equal([first.Id], await IdsAsync($"?bearer={card[^4..]}&state=ended"));
        Assert.Equal([second.Id], await IdsAsync($"?department_id={department}"));
        Assert.Equal([second.Id, first.Id], await IdsAsync($"?month={ClosedMonth.Ago(0)}"));
        Assert.Empty(await IdsAsync($"?month={ClosedMonth.Ago(1)}"));
        var page = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/tickets?page_size=1")).Is(200);
        Assert.Equal([first.Id], await IdsAsync($"?page_size=1&page_token={page["next_page_token"]}"));

        async Task<Guid[]> IdsAsync(string query) =>
            [.. (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/tickets{query}")).Is(200).Items
                .Select(one => Guid.Parse(one["id"]!.ToString()))];
    }

    [Theory]
    [InlineData("update control.ticket_event set state_after = 1")]
    [InlineData("update control.ticket_event set bearer_after = 'app:+46700000000'")]
    [InlineData("delete from control.ticket_event")]
    [InlineData("truncate control.ticket_event")]
    public async Task What_happened_to_a_ticket_is_changed_by_nobody(string sql)
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        await customer.TicketAsync("single-adult");

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Ledger.ExecuteAsync(sql));

        Assert.Contains("only ever added to", refused.MessageText, StringComparison.Ordinal);
    }

    private Task<long> ChargedAsync(Guid ticket) => Ledger.AskAsync<long>(
        "select sum(amount_minor)::bigint from billing.charge where source_id = @id", new { id = ticket.ToString() });

    private async Task<ApiCaller> SystemAsync(AdminOperator at) => Host.As(
        (await at.Staff.PostAsync("/v1/clients", new { kind = "ticket_system", name = "Biljettsystemet" })).Is(201)["token"]!);

    private static Task<ApiAnswer> ReportAsync(
        ApiCaller caller, Guid ticket, string what, Guid? id = null, DateTime? at = null, string? reason = null) => caller.PostAsync(
        $"/v1/tickets/{ticket}/events",
        new { @event = what, occurred_at = at ?? DateTime.UtcNow, event_id = id ?? Guid.NewGuid(), reason });
}
