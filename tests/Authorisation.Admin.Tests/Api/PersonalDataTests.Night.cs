using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

// What the nights erase, and what erasure waits for.
public sealed partial class PersonalDataTests
{
    [Fact]
    public async Task One_whose_erasure_fails_holds_up_nobody_and_is_tried_again()
    {
        var stage = await StageAsync();
        var other = await stage.Customer.TravellerAsync();
        (await stage.Customer.Administrator.DeleteAsync($"/v1/travellers/{other.Id}")).Is(204);
        await RemoveAsync(stage, "900 days");
        await Ledger.ExecuteAsync("update traveller set removed_at = removed_at - interval '800 days' where id = @Id", new { other.Id });
        var failing = "fail_" + stage.Marker;
        await Ledger.ExecuteAsync(
            $"""
            create function {failing}() returns trigger language plpgsql as $$ begin raise exception 'no erasure'; end $$;
            create trigger {failing} before update on traveller for each row
              when (new.id = '{stage.Traveller}' and new.erased_at is not null) execute function {failing}()
            """);

        var log = new TestLog();
        log.Expect(5683);
        Assert.Equal((1, 0), await EraseDueAsync(stage, log));

        Assert.Empty(await FoundAsync(other["email"]!));
        Assert.NotEmpty(await FoundAsync(stage.Email));
        Assert.Contains(
            log.Entries, entry => entry.Message.Contains($"{stage.Traveller} could not be erased", StringComparison.Ordinal));
        await Ledger.ExecuteAsync($"drop function {failing} cascade");
        Assert.Equal((1, 0), await EraseDueAsync(stage));
        Assert.Empty(await FoundAsync(stage.Email));
    }

    [Fact]
    public async Task Names_stay_until_payroll_is_over_and_retention_counts_from_the_last_subscriptions_end()
    {
        var stage = await StageAsync();
        await RemoveAsync(stage, "760 days");
        var row = new
        {
            stage.Traveller,
            Id = Guid.CreateVersion7(),
            Operator = stage.Customer.Operator.Id,
            Organisation = stage.Customer.Id,
            Department = stage.Customer.DepartmentId,
            First = ClosedMonth.Ago(6).Number,
            Last = ClosedMonth.Ago(4).Number,
            Month = ClosedMonth.Ago(1).Number,
        };
        await Ledger.ExecuteAsync(
            """
            insert into control.subscription (
              id, operator_id, organisation_id, department_id, traveller_id, mobile, first_name, last_name, is_by_link, state,
              first_month, last_month, begun_month, announced_month)
            values (@Id, @Operator, @Organisation, @Department, @Traveller, '', '', '', true, 2, @First, @Last, @Last, @Last)
            """,
            row);
        Assert.Equal((0, 0), await EraseDueAsync(stage));
        await Ledger.ExecuteAsync(
            """
            update operator set retention_months = 2 where id = @Operator;
            insert into billing.payroll_deduction (
              id, operator_id, organisation_id, department_id, traveller_id, source_kind, source_id, month, price_minor,
              deduction_minor, description)
            values (@Id, @Operator, @Organisation, @Department, @Traveller, 'subscription', 'one', @Month, 100, 50, 'Ett')
            """,
            row);
        Assert.Equal((0, 0), await EraseDueAsync(stage));
        var answer = (await stage.Customer.Administrator.PostAsync(
            $"/v1/travellers/{stage.Traveller}/erasure", new { email = stage.Email })).Is(200);
        Assert.Equal("[\"payroll\"]", answer.Body["waits_for"]!.ToJsonString());

        // As if the month of the deduction were long over.
        await Ledger.ExecuteAsync(
            """
            alter table billing.payroll_deduction disable trigger refuse_change;
            update billing.payroll_deduction set month = @Last where id = @Id;
            alter table billing.payroll_deduction enable trigger refuse_change
            """,
            row);
        Assert.Equal((1, 0), await EraseDueAsync(stage));
    }

    [Fact]
    public async Task To_whom_old_messages_went_is_taken_out_whoever_it_was()
    {
        var stage = await StageAsync();
        await stage.Customer.SetSubscriptionsAsync();
        var (link, mobile, young) = (await stage.Customer.OrderLinkAsync(), Some.SwedishMobile(), Some.SwedishMobile());
        await stage.Customer.EnterAsync(link, mobile);
        await stage.Customer.EnterAsync(link, young);
        await Ledger.ExecuteAsync(
            """
            update control.message set made_at = made_at - interval '91 days' where recipient = @mobile;
            update control.phone_code set made_at = made_at - interval '2 days' where mobile = @mobile;
            update control.phone_session set expires_at = made_at where mobile = @mobile
            """,
            new { mobile });

        await EraseDueAsync(stage);

        Assert.Empty(await FoundAsync(mobile));
        Assert.NotEmpty(await FoundAsync(young));
    }

    [Fact]
    public async Task A_traveller_without_an_address_is_erased_by_the_id()
    {
        var stage = await StageAsync();
        await RemoveAsync(stage, "40 days");
        await Ledger.ExecuteAsync("update traveller set email = '' where id = @Traveller", stage);
        var path = $"/v1/travellers/{stage.Traveller}/erasure";

        (await stage.Customer.Administrator.PostAsync(path, new { email = stage.Email })).RefusesFields("traveller_id");
        (await stage.Customer.Administrator.PostAsync(path, new { traveller_id = Guid.NewGuid() })).RefusesFields("traveller_id");
        Assert.Equal(
            "erased", (await stage.Customer.Administrator.PostAsync(path, new { traveller_id = stage.Traveller })).Is(200)["status"]);
    }

    [Fact]
    public async Task An_export_has_nothing_of_another_person_or_another_operator()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var wrong = traveller["email"]!.ToString();
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        await customer.Operator.AcceptAsync(wrong);
        var right = Some.Email();
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { email = right })).Is(200);
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        var caller = await customer.Operator.AcceptAsync(right);
        var elsewhere = await NewCustomerAsync();
        (await elsewhere.Administrator.PostAsync(
            $"/v1/organisations/{elsewhere.Id}/administrators", new { email = right, rights = new[] { "travellers" } })).Is(201);

        var export = JsonNode.Parse((await caller.PostAsync($"/v1/travellers/{traveller.Id}/export")).Is(200).Text)!;

        Assert.Equal(right, Assert.Single(export["sign_in"]!.AsArray())!["email"]!.ToString());
        Assert.Single(export["access"]!.AsArray());
        Assert.DoesNotContain(export["messages"]!.AsArray(), message => message!.ToJsonString().Contains(wrong, StringComparison.Ordinal));
        Assert.All(export["messages"]!.AsArray(), message => Assert.Equal(customer.Operator.Id, (int)message!["operator_id"]!));
        Assert.All(export["audit_trail"]!.AsArray(), line =>
        {
            Assert.Equal(customer.Id.ToString(), line!["organisation_id"]?.ToString());
            Assert.DoesNotContain(wrong, $"{line["before"]?.ToJsonString()} {line["after"]?.ToJsonString()}", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task What_is_kept_of_a_traveller_is_found_by_indexes_that_begin_with_it()
    {
        var stage = await StageAsync();
        await RemoveAsync(stage, "40 days");
        await using var db = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        var plans = new List<string>();
        db.Notice += (_, sent) => plans.Add(sent.Notice.MessageText);
        await Dapper.SqlMapper.ExecuteAsync(
            db,
            """
            load 'auto_explain';
            set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set auto_explain.log_level = notice;
            set enable_seqscan = off
            """);

        await Dapper.SqlMapper.ExecuteAsync(
            db, "begin; select control.erase_tickets(@Traveller), control.erase_traveller(@Traveller, 7); rollback", stage);

        Assert.True(plans.Count > 20, $"{plans.Count} plans");
        Assert.DoesNotContain(plans, plan => System.Text.RegularExpressions.Regex.IsMatch(
            plan, "Seq Scan on (message|audit_entry|session|traveller_access|charge|authorisation|ticket|event) ",
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        // Without the month first, that index is read from end to end.
        var purchases = Assert.Single(plans, plan => plan.Contains("authorisation_of_account on authorisation e", StringComparison.Ordinal)
            && plan.Contains("purchased", StringComparison.Ordinal));
        Assert.Contains("(credit_month = m.month)", purchases, StringComparison.Ordinal);
    }

    // As a night does; with a log of its own where it is to log an error.
    private async Task<(int, int)> EraseDueAsync(Stage stage, TestLog? log = null)
    {
        await using var db = await Host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        var step = log is null
            ? Host.Services.GetRequiredService<ErasureStep>()
            : new ErasureStep(MonthEndSettings.Default, TimeProvider.System, new LoggerFactory([log]).CreateLogger<ErasureStep>());
        return await step.RunAsync(db, await OperatorTerms.GetAsync(db, stage.Customer.Operator.Id), CancellationToken.None);
    }
}
