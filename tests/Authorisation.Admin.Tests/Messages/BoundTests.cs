using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Messages;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>What outsiders or one customer can have sent is bounded, and says nothing that a stranger wrote.</summary>
[Trait("Tier", "Slow")]
public sealed class BoundTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Forty_applications_with_a_customers_number_are_one_mail_without_a_word_of_the_applicants()
    {
        const string Evil = "Win at https://evil.example/x";
        var customer = await NewCustomerAsync();
        var before = Mailbox.To(customer.AdministratorEmail).Count;
        var victim = Some.Email("offer");
        for (var i = 0; i < 40; i++)
        {
            var application = customer.Operator.Application(customer.Number, victim);
            application["name"] = Evil;
            application["contact"] = new { name = Evil, email = victim, phone = "0900-1234567" };
            (await Host.Nobody.PostAsync("/v1/organisations", application)).Is(201);
        }

        var told = await Mailbox.WaitAsync(customer.AdministratorEmail, before + 1);
        await Mailbox.WaitAsync(victim, 3);
        await EachIsToldOfAsync(customer);

        Assert.Equal(before + 1, Mailbox.To(customer.AdministratorEmail).Count);
        Assert.Equal(3, Mailbox.To(victim).Count);
        Assert.All(
            [told, .. Mailbox.To(victim)],
            mail => Assert.DoesNotMatch("evil|example/x|Win at|0900", mail.Replace(victim, "", StringComparison.Ordinal)));
        // The next mail comes when the hour is over, and tells of all that came meanwhile: of one at least.
        var late = customer.Operator.Application(customer.Number, victim);
        late["name"] = Evil;
        (await Host.Nobody.PostAsync("/v1/organisations", late)).Is(201);
        await Ledger.ExecuteAsync(
            "update control.message set made_at = made_at - interval '61 minutes' where organisation_id = @Id and kind = 'application_to_decide'",
            customer);
        await Mailbox.WaitAsync(customer.AdministratorEmail, before + 2);
        await EachIsToldOfAsync(customer, left: 0);
    }

    [Fact]
    public async Task A_refusal_tells_the_applicant_nothing_that_somebody_else_may_have_written()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email();
        var application = on.Application(email: email);
        application["name"] = "Win at https://evil.example/x";
        var applied = (await Host.Nobody.PostAsync("/v1/organisations", application)).Is(201);

        (await on.Staff.PostAsync($"/v1/organisations/{applied.Id}/refusal", new { reason = "Kreditprövning" })).Is(200);

        var mail = await Mailbox.WaitAsync(email, 2);
        Assert.DoesNotContain("evil", mail, StringComparison.Ordinal);
        Assert.Contains((string)application["organisation_number"]!, mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_that_names_itself_a_link_puts_none_into_an_invitation_or_an_sms()
    {
        var customer = await NewCustomerAsync("jamtland");
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { name = "Win at https://evil.example/x or 0900-1234567" })).Is(200);
        var email = Some.Email();
        var mobile = Some.SwedishMobile();

        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email })).Is(201);
        await customer.GiveAppAsync((await customer.TravellerAsync(mobile, email: "x@evil.example")).Id);

        Assert.All(
            [await Mailbox.WaitAsync(email), await Mailbox.WaitAsync(mobile)],
            text => Assert.DoesNotMatch(@"evil\.|//evil|0900-?12|@evil", text));
    }

    [Fact]
    public async Task An_organisation_causes_as_many_sms_an_hour_as_the_operator_says_also_all_at_once()
    {
        var customer = await NewCustomerAsync("jonkoping");
        await BoundAsync(customer, 7);
        var travellers = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            travellers.Add((await customer.TravellerAsync()).Id);
        }

        var given = await Task.WhenAll(travellers.Select(id => customer.TryGiveAppAsync(id, 50_000)));

        Assert.Equal(7, given.Count(answer => answer.Status == 201));
        Assert.All(given.Where(answer => answer.Status != 201), answer =>
        {
            answer.IsProblem(429, "too_many_messages");
            Assert.InRange(answer.RetryAfter!.Value, 3000, 3600);
            Assert.Contains("Nothing was changed", answer["detail"], StringComparison.Ordinal);
        });
        Assert.Equal(7L, await CodesAsync(customer));
        Assert.Contains(Host.Log.Entries, entry => entry.EventId.Id == 5654 && entry.Message.Contains(customer.Id.ToString(), StringComparison.Ordinal));
        // Others are not held back by it.
        var other = await customer.Operator.CustomerAsync();
        await other.GiveAppAsync((await other.TravellerAsync()).Id);
    }

    [Fact]
    public async Task A_number_is_sent_five_codes_an_hour_and_ten_a_day_whoever_has_them_sent()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var account = await customer.GiveAppAsync((await customer.TravellerAsync()).Id);
        var path = $"/v1/credit-accounts/{account.Id}/activation-codes";

        var answers = await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => customer.Administrator.PostAsync(path)));

        Assert.Equal(4, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.IsProblem(429, "too_many_messages"));
        await AgeAsync(customer, "61 minutes");
        for (var i = 0; i < 5; i++)
        {
            (await customer.Administrator.PostAsync(path)).Is(201);
        }

        await AgeAsync(customer, "61 minutes");
        var refused = (await customer.Administrator.PostAsync(path)).IsProblem(429, "too_many_messages");
        Assert.InRange(refused.RetryAfter!.Value, 70_000, 86_400);
    }

    [Theory]
    [InlineData("+12025550123")]
    [InlineData("+4915112345678")]
    public async Task Sms_go_to_the_operators_countries_only(string mobile)
    {
        var customer = await NewCustomerAsync("jonkoping");
        var abroad = await customer.TravellerAsync(mobile);
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);

        var refused = (await customer.TryGiveAppAsync(abroad.Id, 50_000)).RefusesFields("kind");

        Assert.Contains("+46, +47, +45, +358, +354", refused.Body["errors"]![0]!["message"]!.ToString(), StringComparison.Ordinal);
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile })).RefusesFields("mobile");
        var file = $"e-post;mobil;kreditgräns\n{Some.Email()};{mobile};500\n";
        (await customer.Administrator.PostCsvAsync($"/v1/organisations/{customer.Id}/traveller-imports", file)).IsProblem(422, "rows_refused");
        // What was given while the operator sent there gets no new code.
        await Ledger.ExecuteAsync("update credit_account set mobile = @mobile where id = @Id", new { mobile, account.Id });
        (await customer.Administrator.PostAsync($"/v1/credit-accounts/{account.Id}/activation-codes")).IsProblem(409, "no_sms_there");

        await Ledger.ExecuteAsync("update operator set sms_calling_codes = '{46,1,49}' where id = @Id", new { customer.Operator.Id });
        (await customer.Administrator.PostAsync($"/v1/credit-accounts/{account.Id}/activation-codes")).Is(201);
    }

    [Theory]
    [InlineData("+46771234567", "a shared-cost number")]
    [InlineData("+19005550123", "a premium-rate number")]
    [InlineData("+881612345678", "a satellite or other number of no country")]
    public async Task A_number_of_another_kind_is_refused_and_named_by_rest_and_in_a_file(string mobile, string kind)
    {
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await customer.TravellerAsync();

        var refused = (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile })).RefusesFields("mobile");
        Assert.Equal("malformed", refused.Body["errors"]![0]!["code"]!.ToString());
        Assert.Contains($"this is {kind}", refused.Body["errors"]![0]!["message"]!.ToString(), StringComparison.Ordinal);

        var file = $"e-post;mobil;kreditgräns\n{Some.Email()};{mobile};500\n";
        var rows = (await customer.Administrator.PostCsvAsync($"/v1/organisations/{customer.Id}/traveller-imports", file)).IsProblem(422, "rows_refused");
        Assert.Contains($"this is {kind}", rows.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_paces_itself_leaves_a_part_to_single_calls_and_is_done_later()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        var directory = TestDirectory.NewPath("messages");
        await using var host = await InProcessAdmin.StartAsync(
            ledger, Authorisation.Ledger.Activation.CodeKey.NewText(), null, $"--Messages:Directory={directory}", "--MonthEnd:Runs=false");
        var customer = await (await AdminOperator.CreateAsync(ledger, host, new Mailbox(directory), "jonkoping")).CustomerAsync();
        await ledger.ExecuteAsync("update operator set organisation_sms_per_hour = 10 where id = @Id", new { customer.Operator.Id });
        var rows = Enumerable.Range(0, 20).Select(_ => $"{Some.Email()};{Some.SwedishMobile()};500\n");
        var path = $"/v1/organisations/{customer.Id}/traveller-imports";
        var import = (await customer.Administrator.PostCsvAsync(path, "e-post;mobil;kreditgräns\n" + string.Concat(rows))).Is(202).Id;

        await Eventually.TrueAsync(
            async () => (await customer.Administrator.GetAsync($"{path}/{import}")).Is(200)["waits_until"] is not null, Eventually.Bound, "the import waits");

        var waiting = (await customer.Administrator.GetAsync($"{path}/{import}")).Is(200);
        Assert.Equal(("applying", "8", "0"), (waiting["status"], waiting["rows_applied"], waiting["rows_failed"]));
        await customer.GiveAppAsync((await customer.TravellerAsync()).Id);
        for (var hours = 0; hours < 2; hours++)
        {
            await ledger.ExecuteAsync(
                """
                update control.message set made_at = made_at - interval '61 minutes';
                update control.traveller_import set not_before = not_before - interval '61 minutes'
                """);
        }

        await Eventually.TrueAsync(
            async () => (await customer.Administrator.GetAsync($"{path}/{import}")).Is(200)["rows_applied"] == "16", Eventually.Bound, "the second part");
        await ledger.ExecuteAsync(
            """
            update control.message set made_at = made_at - interval '61 minutes';
            update control.traveller_import set not_before = not_before - interval '61 minutes'
            """);
        Assert.Equal(("20", "0"), ((await customer.ImportedAsync(import))["rows_applied"], "0"));
        Assert.Equal(20L, await ledger.AskAsync<long>("select count(*) from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id join traveller t on t.id = p.traveller_id where t.name = ''"));
    }

    [Fact]
    public async Task A_row_whose_number_has_had_its_codes_waits_alone()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        var directory = TestDirectory.NewPath("messages");
        await using var host = await InProcessAdmin.StartAsync(
            ledger, Authorisation.Ledger.Activation.CodeKey.NewText(), null, $"--Messages:Directory={directory}", "--MonthEnd:Runs=false");
        var customer = await (await AdminOperator.CreateAsync(ledger, host, new Mailbox(directory), "jonkoping")).CustomerAsync();
        var mobile = Some.SwedishMobile();
        await ledger.ExecuteAsync(
            """
            insert into control.message (id, operator_id, channel, kind, sender, recipient, state, expires_at)
            select gen_random_uuid(), @Id, 1, 'activation_code', 'x', @mobile, 2, now() from generate_series(1, 5)
            """,
            new { customer.Operator.Id, mobile });
        var path = $"/v1/organisations/{customer.Id}/traveller-imports";
        var file = $"e-post;mobil;kreditgräns\n{Some.Email()};{mobile};500\n{Some.Email()};{Some.SwedishMobile()};500\n";
        var import = (await customer.Administrator.PostCsvAsync(path, file)).Is(202).Id;

        await Eventually.TrueAsync(
            async () => (await customer.Administrator.GetAsync($"{path}/{import}")).Is(200)["waits_until"] is not null, Eventually.Bound, "the import waits");

        Assert.Equal("1", (await customer.Administrator.GetAsync($"{path}/{import}")).Is(200)["rows_applied"]);
        await ledger.ExecuteAsync(
            """
            update control.message set made_at = made_at - interval '61 minutes';
            update control.traveller_import set not_before = clock_timestamp();
            update control.traveller_import_row set not_before = clock_timestamp()
            """);
        Assert.Equal("2", (await customer.ImportedAsync(import))["rows_applied"]);
    }

    [Fact]
    public void Operations_has_a_line_for_every_kind_of_message_with_its_bounds()
    {
        var operations = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "operate", "symptoms.md"));
        Assert.All(MessageKind.All, kind => Assert.Contains(
            operations,
            line => line.StartsWith($"| `{kind.Name}` | {(kind.Channel == MessageChannel.Sms ? "SMS" : "e-mail")} |", StringComparison.Ordinal)
                && line.Contains($"| {kind.ReceiverPerHour} an hour, {kind.ReceiverPerDay} a day |", StringComparison.Ordinal)
                && line.EndsWith(kind.OperatorPerHour is { } most ? $"| {most} an hour |" : "| – |", StringComparison.Ordinal)));
    }

    private Task BoundAsync(AdminOrganisation customer, int smsPerHour) => Ledger.ExecuteAsync(
        "update operator set organisation_sms_per_hour = @smsPerHour where id = @Id", new { smsPerHour, customer.Operator.Id });

    private Task<long> CodesAsync(AdminOrganisation customer) => Ledger.AskAsync<long>(
        "select count(*) from control.message where organisation_id = @Id and kind = 'activation_code'", new { customer.Id });

    private Task AgeAsync(AdminOrganisation customer, string by) => Ledger.ExecuteAsync(
        "update control.message set made_at = made_at - @by::interval where organisation_id = @Id", new { by, customer.Id });

    private Task EachIsToldOfAsync(AdminOrganisation customer, int? left = null) => Eventually.TrueAsync(
        async () =>
        {
            var untold = await Ledger.AskAsync<long>(
                "select count(*) from organisation where applies_to = @Id and deciders_notified_at is null", new { customer.Id });
            return left is null ? untold < 40 : untold == left;
        },
        Eventually.Bound,
        "applications are told of");
}
