using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>Administrators send tickets to travellers and to others: all of an order, or nothing.</summary>
public sealed class TicketOrderTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_order_sends_each_ticket_at_the_price_of_the_day_and_charges_the_department_that_pays()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync("single-adult", 3_400);
        await customer.Operator.AddProductAsync("day-adult", 9_900);
        var workshop = await customer.AddDepartmentAsync("Verkstad", reference: "V-77");
        var (traveller, card, mobile) = (await customer.TravellerAsync(), Some.CardNumber(), Some.SwedishMobile());

        var made = (await customer.OrderAsync(new
        {
            department_id = workshop,
            reason = "Mässan i Älvsjö",
            items = new object[]
            {
                new { product = "single-adult", traveller_id = traveller.Id, bearer = new { card } },
                new
                {
                    product = "day-adult",
                    temporary_traveller = new { name = "Gästen Gustavsson" },
                    bearer = new { app = mobile },
                    journey = new { from = "Östersund C", to = "Åre", departure = "2026-12-05T08:10:00+01:00", zones = new[] { "1", "2" } },
                },
            },
        })).Is(201);

        Assert.Equal(("2", "13300", "SEK", customer.AdministratorEmail), (made["ticket_count"], made["total_minor"], made["currency"], made["ordered_by"]));
        Assert.Equal($"/v1/ticket-orders/{made.Id}", made.Location);
        Assert.Equal(made.Text, (await customer.Administrator.GetAsync(made.Location!)).Is(200).Text);
        var (first, second) = (made.Body["tickets"]![0]!, made.Body["tickets"]![1]!);
        Assert.Equal(("ordered", "Anna Berg", "false", card), (
            first["state"]!.ToString(), first["traveller"]!.ToString(), first["temporary"]!.ToString(), first["bearer"]!["card"]!.ToString()));
        Assert.Equal(("Gästen Gustavsson", "true", mobile, "Åre", "2"), (
            second["traveller"]!.ToString(), second["temporary"]!.ToString(), second["bearer"]!["app"]!.ToString(),
            second["journey"]!["to"]!.ToString(), second["journey"]!["zones"]![1]!.ToString()));
        Assert.Equal(
            $"3400 600 single-adult Enkelbiljett vuxen, till kort ····{card[^4..]} Mässan i Älvsjö Anna Berg V-77; "
            + "9900 600 day-adult Enkelbiljett vuxen, till app Mässan i Älvsjö Gästen Gustavsson V-77",
            await Ledger.AskAsync<string>(
                """
                select string_agg(concat_ws(' ', c.amount_minor, c.vat_basis_points, c.product, c.description, c.purpose,
                                            p.traveller_name, p.billing_reference), '; ' order by c.amount_minor)
                from billing.charge c join billing_snapshot p on p.id = c.billing_snapshot_id
                where c.source_kind = 'ticket' and p.department_id = @workshop
                """,
                new { workshop }));
        var told = await Mailbox.WaitAsync(mobile);
        Assert.Contains("har skickat dig en biljett, Enkelbiljett vuxen", told, StringComparison.Ordinal);
        // The guest is in no list of travellers.
        Assert.Single((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items);
        (await customer.Administrator.GetAsync($"/v1/travellers/{second["traveller_id"]}")).IsProblem(404, "not_found");
        var line = (await customer.Administrator.GetAsync("/v1/audit?subject=ticket_order:" + made.Id)).Is(200).Items.Single();
        Assert.Equal(("ticket_order.made", 2), (line["what"]!.ToString(), line["after"]!["tickets"]!.AsArray().Count));
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_told_by_its_place_and_nothing_is_ordered()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        await customer.Operator.AddProductAsync("on-credit", 100, "credit");
        (await customer.Operator.Staff.PutAsync($"/v1/operators/{customer.Operator.Code}/products/unpriced", AdminOperator.Product())).Is(200);
        var stranger = await (await NewCustomerAsync()).TravellerAsync();
        var (guest, good) = (new { name = "Gäst" }, new { app = "070-123 45 67" });

        var refused = (await customer.OrderAsync(new
        {
            department_id = Guid.NewGuid(),
            reason = new string('x', 201),
            items = new object?[]
            {
                new { product = "nothing", temporary_traveller = guest, bearer = good },
                new { product = "on-credit", temporary_traveller = guest, bearer = good },
                new { product = "unpriced", temporary_traveller = guest, bearer = good },
                new { product = "single-adult", traveller_id = stranger.Id, bearer = good },
                new { product = "single-adult", traveller_id = stranger.Id, temporary_traveller = guest, bearer = good },
                new { product = "single-adult", temporary_traveller = new { name = "", mobile = "123" }, bearer = new { card = "12" } },
                new { product = "single-adult", temporary_traveller = guest, bearer = new { app = "+49 151 23456789" } },
                new { product = "single-adult", temporary_traveller = guest, bearer = new { app = "070-123 45 67", card = "99123456" } },
                new { product = "single-adult", bearer = new { } },
                new { product = "single-adult", temporary_traveller = guest, bearer = good, journey = new { to = "x", zones = new[] { "" } } },
                null,
            },
        })).IsProblem(400, "invalid_fields");

        Assert.Equal(
            "department_id=not_found reason=too_long items[0].product=not_found items[1].product=not_possible items[2].product=not_possible "
            + "items[3].traveller_id=not_found items[4].traveller_id=not_possible items[5].bearer.card=malformed "
            + "items[5].temporary_traveller.name=required items[5].temporary_traveller.mobile=malformed items[6].bearer.app=not_possible "
            + "items[7].bearer.card=not_possible items[8].bearer=required items[8].traveller_id=required items[9].journey.from=required "
            + "items[9].journey.zones[0]=required items[10]=required",
            string.Join(' ', refused.Body["errors"]!.AsArray().Select(one => $"{one!["field"]}={one["code"]}")));
        (await customer.OrderAsync(new { department_id = customer.DepartmentId, reason = "x", items = Array.Empty<object>() })).RefusesFields("items");
        var item = new { product = "single-adult", temporary_traveller = guest, bearer = good };
        (await customer.OrderAsync(new { department_id = customer.DepartmentId, reason = "x", items = Enumerable.Repeat(item, 101) }))
            .RefusesFields("items");
        Assert.Empty((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/tickets")).Is(200).Items);
    }

    [Fact]
    public async Task A_hundred_tickets_go_in_one_order_and_one_number_is_told_once()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var mobile = Some.SwedishMobile();
        var item = new { product = "single-adult", temporary_traveller = new { name = "Gruppen" }, bearer = new { app = mobile } };

        var made = (await customer.OrderAsync(
            new { department_id = customer.DepartmentId, reason = "Utflykt", items = Enumerable.Repeat(item, 100) })).Is(201);

        Assert.Equal("340000", made["total_minor"]);
        Assert.Single(made.Body["tickets"]!.AsArray().Select(ticket => ticket!["traveller_id"]!.ToString()).Distinct(StringComparer.Ordinal));
        Assert.Contains("100 biljetter", await Mailbox.WaitAsync(mobile), StringComparison.Ordinal);
        Assert.Single(Mailbox.To(mobile));
    }

    [Fact]
    public async Task A_card_with_credit_is_refused_and_a_card_with_a_ticket_gets_no_credit_until_the_last_one_is_gone()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (credited, card) = (Some.CardNumber(), Some.CardNumber());
        var traveller = (await customer.TravellerAsync()).Id;
        (await customer.TryGiveCardAsync(traveller, credited, 10_000)).Is(201);
        var refused = await customer.OrderAsync(new
        {
            department_id = customer.DepartmentId,
            reason = "x",
            items = new object[]
            {
                new { product = "single-adult", traveller_id = traveller, bearer = new { card } },
                new { product = "single-adult", traveller_id = traveller, bearer = new { card = credited } },
            },
        });
        refused.RefusesFields("items[1].bearer.card");
        (await customer.TryGiveCardAsync(traveller, card, 10_000)).Is(201);
        var account = (await customer.Administrator.GetAsync($"/v1/travellers/{traveller}/credit-accounts")).Is(200).Items
            .Single(one => one["card_number"]!.ToString() == card)["id"];
        (await customer.Administrator.DeleteAsync($"/v1/credit-accounts/{account}")).Is(204);

        var (one, other) = (await customer.TicketAsync("single-adult", new { card }), await customer.TicketAsync("single-adult", new { card }));

        (await customer.TryGiveCardAsync(traveller, card, 10_000)).RefusesFields("card_number");
        (await customer.Operator.Staff.DeleteAsync("/v1/prepaid-cards", body: new { card_number = card })).IsProblem(409, "has_tickets");
        (await customer.Administrator.PostAsync($"/v1/tickets/{one.Id}/end")).Is(200);
        (await customer.TryGiveCardAsync(traveller, card, 10_000)).RefusesFields("card_number");
        (await customer.Administrator.PutAsync($"/v1/tickets/{other.Id}/bearer", new { app = Some.SwedishMobile() })).Is(200);
        (await customer.TryGiveCardAsync(traveller, card, 10_000)).Is(201);
    }

    [Fact]
    public async Task A_mark_that_the_ticket_system_set_stays_when_a_ticket_goes()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (before, after) = (Some.CardNumber(), Some.CardNumber());
        (await customer.Operator.Staff.PostAsync("/v1/prepaid-cards", new { card_number = before })).Is(200);
        var (one, other) = (await customer.TicketAsync("single-adult", new { card = before }), await customer.TicketAsync("single-adult", new { card = after }));
        (await customer.Operator.Staff.PostAsync("/v1/prepaid-cards", new { card_number = after })).Is(200);

        (await customer.Administrator.PostAsync($"/v1/tickets/{one.Id}/end")).Is(200);
        (await customer.Administrator.PostAsync($"/v1/tickets/{other.Id}/end")).Is(200);

        Assert.Equal(2, await Ledger.AskAsync<int>(
            "select count(*)::integer from prepaid_card where card_number = any(@cards)", new { cards = new[] { before, after } }));
        (await customer.Operator.Staff.DeleteAsync("/v1/prepaid-cards", body: new { card_number = before })).Is(204);
    }

    [Fact]
    public async Task An_administrator_of_a_department_orders_for_it_alone_and_a_suspended_customer_orders_nothing()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (own, other) = (await customer.AddDepartmentAsync("Verkstad"), await customer.AddDepartmentAsync("Kontor"));
        var (mine, theirs) = ((await customer.TravellerAsync(department: own)).Id, (await customer.TravellerAsync(department: other)).Id);
        var chief = await customer.AddAdministratorAsync(["purchases"], [own]);
        (await OrderAsync(other, mine)).RefusesFields("department_id");
        (await OrderAsync(own, theirs)).RefusesFields("items[0].traveller_id");
        var made = (await OrderAsync(own, mine)).Is(201);
        var elsewhere = await customer.TicketAsync("single-adult", department: other);

        Assert.Equal(made.Id.ToString(), (await chief.GetAsync($"/v1/organisations/{customer.Id}/ticket-orders")).Is(200).Items.Single()["id"]!.ToString());
        Assert.Single((await chief.GetAsync($"/v1/organisations/{customer.Id}/tickets")).Is(200).Items);
        (await chief.GetAsync($"/v1/tickets/{elsewhere.Id}")).IsProblem(404, "not_found");
        (await chief.PostAsync($"/v1/tickets/{elsewhere.Id}/end")).IsProblem(404, "not_found");
        (await customer.Operator.Staff.PostAsync($"/v1/organisations/{customer.Id}/suspension")).Is(200);
        (await OrderAsync(own, mine)).IsProblem(409, "suspended");

        Task<ApiAnswer> OrderAsync(Guid department, Guid traveller) => chief.PostAsync(
            $"/v1/organisations/{customer.Id}/ticket-orders",
            new
            {
                department_id = department,
                reason = "Mässan",
                items = new[] { new { product = "single-adult", traveller_id = traveller, bearer = new { app = "070-1740605" } } },
            });
    }

    [Fact]
    public async Task A_repeated_order_is_answered_as_the_first_and_one_whose_session_dies_leaves_nothing()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync();
        var (card, key, path) = (Some.CardNumber(), Guid.NewGuid().ToString(), $"/v1/organisations/{customer.Id}/ticket-orders");
        var order = new
        {
            department_id = customer.DepartmentId,
            reason = "Mässan",
            items = new[] { new { product = "single-adult", temporary_traveller = new { name = "Gäst" }, bearer = new { card } } },
        };
        var month = ClosedMonth.Ago(0).Number;
        await using (var closing = await Ledger.Owner.OpenConnectionAsync())
        {
            // What is closing a month holds the charge back: everything else of the order is written by then.
            await using var transaction = await closing.BeginTransactionAsync();
            await closing.ExecuteAsync("select pg_advisory_xact_lock(@Id, @month)", new { customer.Operator.Id, month });
            var killed = customer.Administrator.PostAsync(path, order, key);
            await Eventually.TrueAsync(
                () => Ledger.AskAsync<bool>(
                    """
                    select exists (
                      select pg_terminate_backend(pid) from pg_locks
                      where locktype = 'advisory' and not granted and classid = @Id and objid = @month)
                    """,
                    new { customer.Operator.Id, month }),
                Eventually.Bound,
                "the order waits for the month");
            Assert.True((await killed).Status >= 500);
        }

        Assert.Equal(0, await Ledger.AskAsync<int>(
            """
            select ((select count(*) from control.ticket where organisation_id = @Id)
              + (select count(*) from control.ticket_order where organisation_id = @Id)
              + (select count(*) from traveller where organisation_id = @Id)
              + (select count(*) from control.event where operator_id = @operatorId)
              + (select count(*) from prepaid_card where card_number = @card))::integer
            """,
            new { customer.Id, operatorId = customer.Operator.Id, card }));
        var first = (await customer.Administrator.PostAsync(path, order, key)).Is(201);
        Assert.Equal(first.Text, (await customer.Administrator.PostAsync(path, order, key)).Is(201).Text);
        Assert.Single((await customer.Administrator.GetAsync(path)).Is(200).Items);
        var data = JsonNode.Parse((await Ledger.AskAsync<string>(
            "select data::text from control.event where operator_id = @Id and type = 'ticket.ordered'", new { customer.Operator.Id }))!)!;
        Assert.Equal((first.Body["tickets"]![0]!["id"]!.ToString(), card, "single"), (
            data["ticket_id"]!.ToString(), data["bearer"]!["card"]!.ToString(), data["kind"]!.ToString()));
        Assert.DoesNotContain("Gäst", data.ToJsonString(), StringComparison.Ordinal);
    }
}
