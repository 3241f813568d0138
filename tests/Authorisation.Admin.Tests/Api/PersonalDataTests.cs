using System.Text;
using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Personal data are erased and exported, and no sum, seal or invoice changes.</summary>
public sealed partial class PersonalDataTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_erasure_leaves_no_name_where_it_must_not_be_and_changes_no_sum_seal_or_invoice()
    {
        var stage = await StageAsync();
        await RemoveAsync(stage, "40 days");
        var before = await BilledAsync(stage);
        Assert.NotEmpty(await FoundAsync(stage.Email));
        Assert.NotEmpty(await FoundAsync(stage.Mobile));

        var erased = (await stage.Customer.Administrator.PostAsync($"/v1/travellers/{stage.Traveller}/erasure", new { email = stage.Email })).Is(200);

        var year = ClosedMonth.Ago(2).Number / 100;
        Assert.Equal(("erased", $"{year + 7}-12-31"), (erased["status"], erased["name_kept_until"]));
        Assert.Equal(before, await BilledAsync(stage));
        Assert.Empty(await FoundAsync(stage.Email));
        Assert.Empty(await FoundAsync(stage.Mobile));
        Assert.Empty(await FoundAsync(stage.Marker));
        Assert.Equal(
            ["public.billing_snapshot.traveller_name"], (await FoundAsync(stage.Name)).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        // The name that stands on no invoice is gone there, too: only that of the purchases is kept.
        Assert.Equal(1, await Ledger.AskAsync<long>(
            "select count(*) from billing_snapshot where traveller_id = @Traveller and traveller_name <> '–'", stage));
        Assert.DoesNotContain(Host.Log.Entries, entry => new[] { stage.Email, stage.Mobile, stage.Name, stage.Marker }
            .Any(text => entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase)));
        (await Host.Nobody.PostAsync("/v1/sessions", new { email = stage.Email, password = Some.Password })).IsProblem(401, "wrong_credentials");
        (await stage.Customer.Administrator.PostAsync($"/v1/travellers/{stage.Traveller}/erasure", new { email = stage.Email })).IsProblem(409, "erased_already");
    }

    [Fact]
    public async Task Tickets_applications_and_subscriptions_are_erased_with_the_person_once_they_are_over()
    {
        var stage = await StageAsync();
        var (at, administrator) = (stage.Customer.Operator, stage.Customer.Administrator);
        await stage.Customer.SetSubscriptionsAsync();
        await at.AddProductAsync("year", 100_000, "order", "staff_offer");
        var month = await at.AddSubscriptionProductAsync();
        var ticket = (await stage.Customer.OrderAsync(new
        {
            department_id = stage.Customer.DepartmentId,
            reason = "Mässan",
            items = new[] { new { product = "year", traveller_id = stage.Traveller, bearer = new { app = stage.Mobile } } },
        })).Is(201).Body["tickets"]![0]!["id"];
        var application = (await stage.Caller.PostAsync(
            $"/v1/staff-offers/{await stage.Customer.OfferAsync("year")}/applications",
            new { traveller_id = stage.Traveller, bearer = new { app = stage.Mobile } })).Is(201).Id;
        var subscription = (await administrator.PostAsync($"/v1/organisations/{stage.Customer.Id}/subscriptions", new
        {
            department_id = stage.Customer.DepartmentId,
            mobile = stage.Mobile,
            product = month,
            first_name = stage.Name,
            last_name = "Ek",
        })).Is(201);
        Assert.Equal(stage.Traveller.ToString(), subscription["traveller_id"]);
        var export = (await at.Staff.PostAsync($"/v1/travellers/{stage.Traveller}/export")).Is(200).Text;
        Assert.All([ticket!.ToString(), application.ToString(), subscription.Id.ToString()], id => Assert.Contains(id, export, StringComparison.Ordinal));
        // Refused, with words; another one is not decided when the traveller is removed.
        (await administrator.PostAsync($"/v1/staff-applications/{application}/refusal", new { reason = "Nej " + stage.Marker })).Is(200);
        var offer = await Ledger.AskAsync<Guid>("select offer_id from control.staff_application where id = @application", new { application });
        var open = (await stage.Caller.PostAsync(
            $"/v1/staff-offers/{offer}/applications",
            new { traveller_id = stage.Traveller, bearer = new { app = stage.Mobile } })).Is(201).Id;
        var number = "n" + stage.Marker[^8..];
        (await administrator.PatchAsync($"/v1/travellers/{stage.Traveller}", new { employee_number = number })).Is(200);
        Assert.NotEmpty(await FoundAsync(number));
        await RemoveAsync(stage, "40 days");
        Assert.Equal("withdrawn", (await administrator.GetAsync($"/v1/staff-applications/{open}")).Is(200)["status"]);
        var path = $"/v1/travellers/{stage.Traveller}/erasure";

        // The ticket is in the app, and the subscription is to begin.
        var scheduled = (await administrator.PostAsync(path, new { email = stage.Email })).Is(200);
        Assert.Equal("scheduled", scheduled["status"]);
        Assert.Equal("[\"tickets\"]", scheduled.Body["waits_for"]!.ToJsonString());
        // Nobody reports that it is used.
        await Ledger.ExecuteAsync(
            "update control.ticket set ordered_at = ordered_at - interval '401 days' where traveller_id = @Traveller", stage);
        Assert.Equal("erased", (await administrator.PostAsync(path, new { email = stage.Email })).Is(200)["status"]);

        Assert.Equal(5, await Ledger.AskAsync<int>("select state::integer from control.ticket where traveller_id = @Traveller", stage));
        Assert.Empty(await FoundAsync(number));
        Assert.Empty(await FoundAsync(stage.Marker));
        Assert.Empty(await FoundAsync(stage.Email));
        Assert.Empty(await FoundAsync(stage.Mobile));
        Assert.Equal(
            ["public.billing_snapshot.traveller_name"], (await FoundAsync(stage.Name)).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        (await administrator.GetAsync($"/v1/tickets/{ticket}")).Is(200);
        (await administrator.GetAsync($"/v1/subscriptions/{subscription.Id}")).Is(200);
        (await administrator.GetAsync($"/v1/staff-applications/{application}")).Is(200);
    }

    [Fact]
    public async Task What_servers_keep_in_Redis_of_a_traveller_has_no_name()
    {
        var stage = await StageAsync();
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var backEnd = (await stage.Customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "Appen" })).Is(201)["token"]!;
        var (_, code) = await Mailbox.CodeAsync(stage.Mobile);
        var app = await server.ActivateAsync(backEnd, stage.Email, code);
        await server.BuyAsync(app.AppToken, stage.Account, 100);
        var redis = new SharedRedis();
        await redis.InitializeAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var texts = new List<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                texts.Clear();
                await foreach (var key in connection.GetServers().Single().KeysAsync())
                {
                    var dump = (byte[]?)await connection.GetDatabase().ExecuteAsync("DUMP", key.ToString());
                    texts.Add($"{key} {Encoding.Latin1.GetString(dump ?? [])}");
                }

                return texts.Exists(text => text.Contains(stage.Account.ToString("N"), StringComparison.OrdinalIgnoreCase)
                    || text.Contains(stage.Account.ToString(), StringComparison.OrdinalIgnoreCase));
            },
            Eventually.Bound,
            "the credit is in Redis");

        Assert.DoesNotContain(texts, text => new[] { stage.Email, stage.Mobile, stage.Name, stage.Marker }
            .Any(own => text.Contains(own, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task The_name_on_invoices_goes_when_accounts_are_no_longer_kept_and_sums_and_seals_stay()
    {
        var stage = await StageAsync();
        await RemoveAsync(stage, "40 days");
        (await stage.Customer.Administrator.PostAsync($"/v1/travellers/{stage.Traveller}/erasure", new { email = stage.Email })).Is(200);
        var before = await BilledAsync(stage);
        // As if it were years later.
        await Ledger.ExecuteAsync("select control.erase_name(@Traveller, -2)", stage);

        var after = await BilledAsync(stage);

        Assert.Equal(before.Verification, after.Verification);
        Assert.Equal(before.Invoice.Replace(stage.Name, "–", StringComparison.Ordinal), after.Invoice);
        Assert.Equal(before.Spending.Replace(stage.Name, "–", StringComparison.Ordinal), after.Spending);
        Assert.Empty(await FoundAsync(stage.Name));
        Assert.Null(await Ledger.AskAsync<DateTime?>("select name_kept_until::timestamp from traveller where id = @Traveller", stage));
    }

    [Fact]
    public async Task An_erasure_takes_the_removal_and_the_address_and_waits_for_the_months_end()
    {
        var stage = await StageAsync();
        var path = $"/v1/travellers/{stage.Traveller}/erasure";
        (await stage.Customer.Administrator.PostAsync(path, new { email = stage.Email })).IsProblem(409, "not_removed");
        await RemoveAsync(stage, "0 seconds");
        (await stage.Customer.Administrator.PostAsync(path, new { email = Some.Email() })).RefusesFields("email");

        Assert.Equal("scheduled", (await stage.Customer.Administrator.PostAsync(path, new { email = stage.Email })).Is(200)["status"]);

        Assert.Equal((0, 0), await EraseDueAsync(stage));
        Assert.NotEmpty(await FoundAsync(stage.Email));
        await Ledger.ExecuteAsync("update traveller set removed_at = removed_at - interval '32 days' where id = @Traveller", stage);
        Assert.Equal((1, 0), await EraseDueAsync(stage));
        Assert.Empty(await FoundAsync(stage.Email));
        Assert.Equal(
            ["traveller.erased", "traveller.erasure_asked"],
            (await stage.Customer.Administrator.GetAsync($"/v1/audit?subject=traveller:{stage.Traveller}")).Is(200).Items.Take(2)
                .Select(line => line["what"]!.ToString()),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Travellers_are_erased_as_long_after_their_removal_as_the_operator_keeps_them()
    {
        var stage = await StageAsync();
        var other = await stage.Customer.TravellerAsync();
        (await stage.Customer.Administrator.DeleteAsync($"/v1/travellers/{other.Id}")).Is(204);
        await RemoveAsync(stage, "0 seconds");
        await Ledger.ExecuteAsync(
            """
            update traveller set removed_at = ledger_now() - interval '25 months' where id = @Traveller;
            update traveller set removed_at = ledger_now() - interval '23 months' where id = @Other
            """,
            new { stage.Traveller, Other = other.Id });

        Assert.Equal((1, 0), await EraseDueAsync(stage));
        Assert.Empty(await FoundAsync(stage.Email));
        Assert.NotEmpty(await FoundAsync(other["email"]!));
        await Ledger.ExecuteAsync("update operator set retention_months = 22 where id = @Id", new { stage.Customer.Operator.Id });
        Assert.Equal((1, 0), await EraseDueAsync(stage));
        Assert.Empty(await FoundAsync(other["email"]!));
        Assert.Equal((0, 0), await EraseDueAsync(stage));
    }

    [Fact]
    public async Task A_person_who_administers_keeps_the_sign_in_and_the_trail_of_it()
    {
        var stage = await StageAsync();
        (await stage.Customer.Administrator.PostAsync(
            $"/v1/organisations/{stage.Customer.Id}/administrators", new { email = stage.Email, rights = new[] { "travellers" } })).Is(201);
        await RemoveAsync(stage, "40 days");

        (await stage.Customer.Administrator.PostAsync($"/v1/travellers/{stage.Traveller}/erasure", new { email = stage.Email })).Is(200);

        await Host.SignInAsync(stage.Email, Some.Password);
        Assert.Empty(await FoundAsync(stage.Mobile));
        Assert.DoesNotContain(await FoundAsync(stage.Email), where => where.StartsWith("public.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_role_of_the_service_changes_the_trail_or_erases_a_traveller_who_is_there()
    {
        var stage = await StageAsync();
        await using var admin = await Ledger.OpenSessionAsync(Ledger.AdminConnectionString);
        foreach (var sql in new[]
        {
            "select set_config('control.erasing', '1', false); update control.audit_entry set before = null",
            "update billing_snapshot set traveller_name = ''",
            $"select control.erase_traveller('{stage.Traveller}', 7)", $"select control.erase_name('{stage.Traveller}', 7)",
        })
        {
            var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Dapper.SqlMapper.ExecuteAsync(admin, sql));
            Assert.Equal("42501", refusal.SqlState);
        }
    }

    [Fact]
    public async Task An_export_has_all_that_is_kept_and_no_secret_for_the_traveller_and_staff_alone()
    {
        var stage = await StageAsync();
        var path = $"/v1/travellers/{stage.Traveller}/export";
        (await stage.Customer.Administrator.PostAsync(path)).IsProblem(403, "forbidden");
        await stage.Customer.Operator.PublishTermsAsync("privacy", "1");

        var file = (await stage.Caller.PostAsync(path, key: "export-1")).Is(200);
        (await stage.Caller.PostAsync(path, key: "export-1")).IsProblem(409, "shown_before");
        (await stage.Customer.Operator.Staff.PostAsync(path)).Is(200);

        Assert.Equal($"traveller-{stage.Traveller}.json", file.FileName);
        var json = JsonNode.Parse(file.Text)!;
        Assert.Equal((stage.Name + " gift", stage.Email), (json["traveller"]!["name"]!.ToString(), json["traveller"]!["email"]!.ToString()));
        Assert.Equal(stage.Purchase.ToString(), Assert.Single(json["purchases"]!.AsArray())!["id"]!.ToString());
        Assert.Equal("Linje 7", json["purchases"]![0]!["line"]!.ToString());
        Assert.All(
            new[] { "sign_in", "access", "sessions", "requests", "billed_as", "credits", "activations", "messages", "audit_trail" },
            part => Assert.NotEmpty(json[part]!.AsArray()));
        Assert.DoesNotContain("hmac", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("password_hash", file.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await stage.Customer.Administrator.GetAsync($"/v1/audit?subject=traveller:{stage.Traveller}")).Is(200).Items
            .Count(line => line["what"]!.ToString() == "traveller.exported"));
    }

    // Every column of text, of texts or of JSON in which a text stands, of every table there is.
    private async Task<IReadOnlyList<string>> FoundAsync(string text)
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        var columns = await Dapper.SqlMapper.QueryAsync<(string Schema, string Table, string Column)>(db,
            """
            select c.table_schema, c.table_name, c.column_name
            from information_schema.columns c
            join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
            where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')
              and c.data_type in ('text', 'character varying', 'jsonb', 'json', 'ARRAY')
            """);
        var found = new List<string>();
        foreach (var (schema, table, column) in columns)
        {
            var rows = await Dapper.SqlMapper.ExecuteScalarAsync<long>(
                db, $"select count(*) from \"{schema}\".\"{table}\" where \"{column}\"::text ilike '%' || @text || '%'", new { text });
            found.AddRange(Enumerable.Repeat($"{schema}.{table}.{column}", (int)rows));
        }

        return found;
    }

    private static async Task<Billed> BilledAsync(Stage stage)
    {
        var staff = stage.Customer.Operator.Staff;
        var run = (await staff.GetAsync($"/v1/month-ends?operator={stage.Customer.Operator.Code}")).Is(200).Items.Single()["id"];
        var invoice = "";
        foreach (var format in new[] { "json", "csv", "ubl" })
        {
            invoice += (await staff.GetAsync($"/v1/invoices/{stage.Invoice}?format={format}")).Is(200).Text;
        }

        return new Billed(
            (await staff.GetAsync($"/v1/month-ends/{run}/verification")).Is(200).Text,
            invoice,
            (await staff.GetAsync($"/v1/reports/spending?organisation_id={stage.Customer.Id}&month={ClosedMonth.Ago(2)}")).Is(200).Text);
    }

    private async Task RemoveAsync(Stage stage, string ago)
    {
        (await stage.Customer.Administrator.DeleteAsync($"/v1/travellers/{stage.Traveller}")).Is(204);
        await Ledger.ExecuteAsync(
            "update traveller set removed_at = removed_at - @ago::interval where id = @Traveller", new { stage.Traveller, ago });
    }

    // A traveller who has done everything that leaves something behind.
    private async Task<Stage> StageAsync()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        var (marker, email, mobile) = ("m" + Guid.NewGuid().ToString("N")[..12], Some.Email("zxq"), Some.SwedishMobile());
        var name = "Anna Z" + Guid.NewGuid().ToString("N")[..12];
        var import = (await customer.Administrator.PostCsvAsync(
            $"/v1/organisations/{customer.Id}/traveller-imports", $"email,name,mobile,limit\n{email},{name},{mobile},500\n")).Is(202);
        await customer.ImportedAsync(import.Id);
        var traveller = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items.Single();
        var id = Guid.Parse(traveller["id"]!.ToString());
        var account = (await customer.Administrator.GetAsync($"/v1/travellers/{id}/credit-accounts")).Is(200).Items.Single()["id"]!.ToString();
        await Mailbox.CodeAsync(mobile);
        (await customer.Administrator.PostAsync($"/v1/travellers/{id}/invitations")).Is(204);
        var caller = await customer.Operator.AcceptAsync(email);
        var request = (await caller.PostAsync($"/v1/travellers/{id}/requests", new { kind = "more_credit", limit_minor = 60_000, text = "För " + marker })).Is(201);
        (await customer.Administrator.PostAsync($"/v1/requests/{request.Id}/refusal", new { reason = "Nej " + marker })).Is(200);
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var purchase = await month.BuyAsync(Guid.Parse(account), 4_200, purpose: "Kundbesök");
        await Ledger.ExecuteAsync("update authorisation set line = 'Linje 7' where id = @purchase", new { purchase });
        await month.MonthEndAsync();
        var invoice = (await customer.Operator.Staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString();
        // A name that stands on no invoice.
        (await customer.Administrator.PatchAsync($"/v1/travellers/{id}", new { name = name + " gift" })).Is(200);
        await Mailbox.WaitAsync(email, 2);
        return new Stage(customer, id, name, email, mobile, marker, Guid.Parse(account), purchase, invoice, caller);
    }

    private sealed record Billed(string Verification, string Invoice, string Spending);

    private sealed record Stage(
        AdminOrganisation Customer, Guid Traveller, string Name, string Email, string Mobile, string Marker, Guid Account,
        Guid Purchase, string Invoice, ApiCaller Caller);
}
