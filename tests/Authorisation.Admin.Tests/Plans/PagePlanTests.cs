using System.Text;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Admin.Tests.Plans;

/// <summary>
/// What the control plane's pages and lists read of a ledger that has grown, by the plans that Postgres wrote to its log
/// while the real calls ran.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class PagePlanTests(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    private const string PageSize = "page_size=10";

    /// <summary>
    /// How many rows a statement may read of a table in one place: less than the operator has of anything, and more than the
    /// customer's 300 accounts had purchases in a month.
    /// </summary>
    private const int RowsMax = 2_000;

    private const int AccountsInChunk = 200;

    /// <summary>A table of so few rows is read whole, whatever indexes it has; each table that grows has many more here.</summary>
    private const int FewRows = 100;

    [Fact]
    public async Task No_page_reads_a_table_that_grows_from_end_to_end_or_most_of_it_by_an_index()
    {
        await using var ledger = await TestLedger.CreateAsync(server.Postgres);
        await LogPlansAsync(ledger);
        var loggedBefore = 0L;
        var mail = TestDirectory.NewPath("messages");
        await using (var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={mail}", "--Access:AnonymousCallsPerMinute=1000000",
            "--MonthEnd:Runs=false"))
        {
            var stage = await StageAsync(ledger, host, new Mailbox(mail));
            loggedBefore = new FileInfo(server.Private.LogPath).Length;
            Assert.Equal(
                GetRoutes(host),
                stage.Calls.Select(call => call.Route).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
                StringComparer.Ordinal);
            var failed = new List<string>();
            foreach (var (_, path, caller) in stage.Calls)
            {
                if (await caller.GetAsync(path) is { Status: not 200 } answer)
                {
                    failed.Add($"{path}: {answer.Status} {answer.Text}");
                }
            }

            Assert.True(failed.Count == 0, string.Join('\n', failed));
            await ReconcileAsync(host, stage.MonthEndRun);
        }

        // What a session runs is in the log before it is answered, and the host's sessions have ended.
        var plans = LoggedPlan.Of(Encoding.UTF8.GetString((await File.ReadAllBytesAsync(server.Private.LogPath))[(int)loggedBefore..]));
        Assert.True(plans.Count > 100, $"{plans.Count} plans were logged");
        var wrong = plans
            .Where(plan => plan.Scans.Any(IsTooMuch))
            .DistinctBy(plan => plan.Text, StringComparer.Ordinal)
            .Select(plan => $"{string.Join(", ", plan.Scans.Where(IsTooMuch))}\n{plan.Plan}")
            .ToList();
        wrong.ForEach(output.WriteLine);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>A chunk of what each night does with all accounts.</summary>
    private static async Task ReconcileAsync(InProcessAdmin host, Guid run)
    {
        await using var db = await host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        await using var transaction = await db.BeginTransactionAsync();
        var found = (await MonthEndRun.FindAsync(db, run))!;
        await new Reconciliation().CheckAsync(db, found.At(MonthEndStep.Reconciliation), AccountsInChunk);
    }

    private static bool IsTooMuch(LoggedScan scan) =>
        scan.Rows > RowsMax || (scan.IsWhole && scan.Rows > FewRows);

    private static async Task LogPlansAsync(TestLedger ledger)
    {
        await using var session = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        var database = await session.ExecuteScalarAsync<string>("select quote_ident(current_database())");
        foreach (var setting in LoggedPlan.Settings)
        {
            await session.ExecuteAsync($"alter database {database} set {setting}");
        }
    }

    private static IEnumerable<string> GetRoutes(InProcessAdmin host) =>
        (from endpoint in host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
         where endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal)
         where endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null
         where endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET", StringComparer.Ordinal)
         select endpoint.RoutePattern.RawText!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static void AddRules(Stage stage, ApiCaller caller, AdminOrganisation customer, Guid account) => stage.Add(
        caller,
        ("/v1/organisations/{id:guid}/rules", $"/v1/organisations/{customer.Id}/rules"),
        ("/v1/departments/{id:guid}/rules", $"/v1/departments/{customer.DepartmentId}/rules"),
        ("/v1/credit-accounts/{id:guid}/rules", $"/v1/credit-accounts/{account}/rules"),
        ("/v1/organisations/{id:guid}/budgets", $"/v1/organisations/{customer.Id}/budgets?"),
        ("/v1/departments/{id:guid}/budget", $"/v1/departments/{customer.DepartmentId}/budget"));

    private static async Task<Stage> StageAsync(TestLedger ledger, InProcessAdmin host, Mailbox mailbox)
    {
        var customer = await (await AdminOperator.CreateAsync(ledger, host, mailbox, "jamtland")).CustomerAsync();
        var neighbour = await AdminOperator.CreateAsync(ledger, host, mailbox, "jonkoping");
        var of = await customer.AddAdministratorAsync(
            ["travellers", "credits", "purchases", "reports", "administrators"], [customer.DepartmentId]);
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        (await customer.Administrator.PutAsync($"/v1/departments/{customer.DepartmentId}/budget", new { ceiling_minor = 90_000_000, mode = "warn" })).Is(200);
        await customer.Operator.SetInvoicingAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var authorisation = await month.BuyAsync(account.Id, 100);
        Assert.Equal(1, await month.MonthEndAsync());
        await GrownLedger.FillAsync(ledger, customer, neighbour.Id, month.Month);
        var run = await ledger.AskAsync<Guid>("select id from billing.month_end where month is not null");
        var invoice = await ledger.AskAsync<Guid>("select id from billing.invoice where total_minor > 0");
        var other = await GrownLedger.IdAsync(ledger, "a100");

        await customer.Operator.SetAccountingAsync();
        await ledger.ExecuteAsync(
            "update billing.month_end set state = 2 where operator_id = @Id and month = @Number",
            new { customer.Operator.Id, month.Month.Number });
        var stage = new Stage(run, []);
        await AddOfStaffAsync(stage, ledger, customer, month.Month);
        foreach (var caller in (ApiCaller[])[customer.Operator.Staff, customer.Administrator, of])
        {
            AddRules(stage, caller, customer, account.Id);
            stage.Add(
                caller,
                ("/v1/sessions", "/v1/sessions?"),
                ("/v1/organisations", "/v1/organisations?"), ("/v1/organisations/{id:guid}", $"/v1/organisations/{customer.Id}"),
                ("/v1/organisations/{id:guid}/departments", $"/v1/organisations/{customer.Id}/departments?"),
                ("/v1/departments/{id:guid}", $"/v1/departments/{customer.DepartmentId}"),
                ("/v1/organisations/{id:guid}/administrators", $"/v1/organisations/{customer.Id}/administrators?"),
                ("/v1/organisations/{id:guid}/travellers", $"/v1/organisations/{customer.Id}/travellers?"),
                ("/v1/organisations/{id:guid}/travellers", $"/v1/organisations/{customer.Id}/travellers?q=29"),
                ("/v1/travellers/{id:guid}", $"/v1/travellers/{traveller.Id}"),
                ("/v1/travellers/{id:guid}/credit-accounts", $"/v1/travellers/{traveller.Id}/credit-accounts?"),
                ("/v1/organisations/{id:guid}/traveller-imports/template", $"/v1/organisations/{customer.Id}/traveller-imports/template"),
                ("/v1/credit-accounts/{id:guid}", $"/v1/credit-accounts/{account.Id}"),
                ("/v1/credit-accounts/{id:guid}/authorisations", $"/v1/credit-accounts/{other}/authorisations?"),
                ("/v1/organisations/{id:guid}/authorisations", $"/v1/organisations/{customer.Id}/authorisations?"),
                ("/v1/departments/{id:guid}/authorisations", $"/v1/departments/{customer.DepartmentId}/authorisations?"),
                ("/v1/travellers/{id:guid}/authorisations", $"/v1/travellers/{traveller.Id}/authorisations?"),
                ("/v1/authorisations/{id:guid}", $"/v1/authorisations/{authorisation}"),
                ("/v1/audit", "/v1/audit?"), ("/v1/audit", $"/v1/audit?organisation_id={customer.Id}"),
                ("/v1/invoices", "/v1/invoices?"), ("/v1/invoices", $"/v1/invoices?month={month.Month}"),
                ("/v1/invoices", $"/v1/invoices?organisation_id={customer.Id}"),
                ("/v1/invoices/{id:guid}", $"/v1/invoices/{invoice}"),
                ("/v1/reports/spending", $"/v1/reports/spending?organisation_id={customer.Id}"),
                ("/v1/reports/spending", $"/v1/reports/spending?organisation_id={customer.Id}&month={month.Month}"),
                ("/v1/reports/spending", $"/v1/reports/spending?organisation_id={customer.Id}&group_by=traveller"),
                ("/v1/reports/travel", $"/v1/reports/travel?organisation_id={customer.Id}"),
                ("/v1/reports/travel", $"/v1/reports/travel?organisation_id={customer.Id}&month={month.Month}"));
            AddPeople(stage, caller, customer, traveller.Id, await GrownLedger.IdAsync(ledger, "q100"));
        }

        await AddTicketsAndEventsAsync(stage, ledger, customer, [customer.Operator.Staff, customer.Administrator, of]);
        await AddSubscriptionsAndOffersAsync(stage, ledger, customer, [customer.Operator.Staff, customer.Administrator, of]);
        return stage;
    }

    private static async Task AddOfStaffAsync(Stage stage, TestLedger ledger, AdminOrganisation customer, CreditMonth month)
    {
        var client = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 17" })).Is(201);
        var administrator = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200).Items[0]["id"];
        var staff = (await customer.Operator.Staff.GetAsync("/v1/staff")).Is(200).Items[0]["id"];
        var import = await GrownLedger.IdAsync(ledger, "f100");
        var message = await GrownLedger.IdAsync(ledger, "x100");
        var other = await GrownLedger.IdAsync(ledger, "a100");
        var run = stage.MonthEndRun;
        stage.Add(
            customer.Operator.Staff,
            ("/v1/staff", "/v1/staff?"), ("/v1/staff/{id:guid}", $"/v1/staff/{staff}"),
            ("/v1/clients", "/v1/clients?"), ("/v1/clients/{id:long}", $"/v1/clients/{client["id"]}"),
            ("/v1/messages", "/v1/messages?"), ("/v1/messages", "/v1/messages?status=dead"),
            ("/v1/messages/{id:guid}", $"/v1/messages/{message}"),
            ("/v1/month-ends", "/v1/month-ends?"), ("/v1/month-ends/{id:guid}", $"/v1/month-ends/{run}"),
            ("/v1/month-ends/{id:guid}/verification", $"/v1/month-ends/{run}/verification"),
            ("/v1/organisations/{id:guid}/traveller-imports/{import:guid}/missing", $"/v1/organisations/{customer.Id}/traveller-imports/{import}/missing?"),
            ("/v1/operators/{code}/invoicing", $"/v1/operators/{customer.Operator.Code}/invoicing"),
            ("/v1/operators/{code}/accounting", $"/v1/operators/{customer.Operator.Code}/accounting"),
            ("/v1/operators/{code}/accounting/{month}", $"/v1/operators/{customer.Operator.Code}/accounting/{month}"),
            ("/v1/audit", $"/v1/audit?subject=account:{other}"),
            ("/v1/administrators/{id:guid}", $"/v1/administrators/{administrator}"),
            ("/v1/organisations/{id:guid}/traveller-imports/{import:guid}", $"/v1/organisations/{customer.Id}/traveller-imports/{import}"),
            ("/v1/organisations", "/v1/organisations?status=applied"),
            ("/v1/invoices", $"/v1/invoices?operator={customer.Operator.Code}"));
    }

    private static async Task AddTicketsAndEventsAsync(Stage stage, TestLedger ledger, AdminOrganisation customer, ApiCaller[] callers)
    {
        (await customer.Operator.Staff.PutAsync(
            $"/v1/operators/{customer.Operator.Code}/webhook", new { url = "https://tickets.example.com/" })).Is(200);
        await customer.Operator.AddProductAsync();
        var (ticket, order) = (await GrownLedger.IdAsync(ledger, "k100"), await GrownLedger.IdAsync(ledger, "q100"));
        var traveller = await GrownLedger.IdAsync(ledger, "t100");
        stage.Add(
            customer.Operator.Staff,
            ("/v1/events", "/v1/events?"), ("/v1/events", "/v1/events?status=undelivered"), ("/v1/events", "/v1/events?subject=ticket500"),
            ("/v1/events/{id:guid}", $"/v1/events/{await GrownLedger.IdAsync(ledger, "e100")}"),
            ("/v1/operators/{code}/webhook", $"/v1/operators/{customer.Operator.Code}/webhook"),
            ("/v1/operators/{code}/price-list/template", $"/v1/operators/{customer.Operator.Code}/price-list/template"));
        foreach (var caller in callers)
        {
            stage.Add(
                caller,
                ("/v1/operators/{code}/products", $"/v1/operators/{customer.Operator.Code}/products?q=single"),
                ("/v1/operators/{code}/products/{product}", $"/v1/operators/{customer.Operator.Code}/products/single-adult"),
                ("/v1/operators/{code}/price-list", $"/v1/operators/{customer.Operator.Code}/price-list?"),
                ("/v1/organisations/{id:guid}/ticket-orders", $"/v1/organisations/{customer.Id}/ticket-orders?"),
                ("/v1/ticket-orders/{id:guid}", $"/v1/ticket-orders/{order}"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?state=used_up"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?traveller_id={traveller}"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?bearer=0200"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?month={ClosedMonth.Ago(0)}"),
                ("/v1/organisations/{id:guid}/tickets", $"/v1/organisations/{customer.Id}/tickets?department_id={customer.DepartmentId}"),
                ("/v1/tickets/{id:guid}", $"/v1/tickets/{ticket}"));
        }
    }

    private static async Task AddSubscriptionsAndOffersAsync(
        Stage stage, TestLedger ledger, AdminOrganisation customer, ApiCaller[] callers)
    {
        await customer.SetSubscriptionsAsync();
        var link = await customer.OrderLinkAsync();
        stage.Add(await customer.EnterAsync(link, Some.SwedishMobile()), ("/v1/order-links/{token}/subscriptions", $"{link}/subscriptions?"));
        stage.Add(
            customer.Administrator,
            ("/v1/organisations/{id:guid}/order-link", $"/v1/organisations/{customer.Id}/order-link"), ("/v1/order-links/{token}", link));
        var (subscription, offer, application) = (
            await GrownLedger.IdAsync(ledger, "s100"), await GrownLedger.IdAsync(ledger, "g100"), await GrownLedger.IdAsync(ledger, "h100"));
        var (organisation, traveller) = ($"/v1/organisations/{customer.Id}", $"/v1/travellers/{await GrownLedger.IdAsync(ledger, "t100")}");
        foreach (var caller in callers)
        {
            stage.Add(
                caller,
                ("/v1/organisations/{id:guid}/subscription-settings", $"{organisation}/subscription-settings"),
                ("/v1/organisations/{id:guid}/subscriptions", $"{organisation}/subscriptions?"),
                ("/v1/organisations/{id:guid}/subscriptions", $"{organisation}/subscriptions?state=pending"),
                ("/v1/subscriptions/{id:guid}", $"/v1/subscriptions/{subscription}"),
                ("/v1/organisations/{id:guid}/payroll-deductions", $"{organisation}/payroll-deductions?month={ClosedMonth.Ago(2)}"),
                ("/v1/organisations/{id:guid}/staff-offers", $"{organisation}/staff-offers?"),
                ("/v1/staff-offers/{id:guid}", $"/v1/staff-offers/{offer}"),
                ("/v1/organisations/{id:guid}/staff-applications", $"{organisation}/staff-applications?"),
                ("/v1/organisations/{id:guid}/staff-applications", $"{organisation}/staff-applications?state=applied"),
                ("/v1/staff-applications/{id:guid}", $"/v1/staff-applications/{application}"),
                ("/v1/travellers/{id:guid}/staff-offers", $"{traveller}/staff-offers?"),
                ("/v1/travellers/{id:guid}/staff-applications", $"{traveller}/staff-applications?"),
                ("/v1/travellers/{id:guid}/subscriptions", $"{traveller}/subscriptions?"),
                ("/v1/travellers/{id:guid}/tickets", $"{traveller}/tickets?"));
        }
    }

    // What travellers ask for, accept and choose.
    private static void AddPeople(Stage stage, ApiCaller caller, AdminOrganisation customer, Guid traveller, Guid request) => stage.Add(
        caller,
        ("/v1/operators/{code}/terms", $"/v1/operators/{customer.Operator.Code}/terms"),
        ("/v1/operators/{code}/terms/{kind}/{version}", $"/v1/operators/{customer.Operator.Code}/terms/privacy/1"),
        ("/v1/me", "/v1/me"),
        ("/v1/organisations/{id:guid}/requests", $"/v1/organisations/{customer.Id}/requests?"),
        ("/v1/organisations/{id:guid}/requests", $"/v1/organisations/{customer.Id}/requests?status=open"),
        ("/v1/organisations/{id:guid}/terms-acceptances", $"/v1/organisations/{customer.Id}/terms-acceptances?"),
        ("/v1/travellers/{id:guid}/requests", $"/v1/travellers/{traveller}/requests?"),
        ("/v1/requests/{id:guid}", $"/v1/requests/{request}"),
        ("/v1/travellers/{id:guid}/terms-acceptances", $"/v1/travellers/{traveller}/terms-acceptances?"),
        ("/v1/travellers/{id:guid}/notifications", $"/v1/travellers/{traveller}/notifications"),
        ("/v1/travellers/{id:guid}/trip-consent", $"/v1/travellers/{traveller}/trip-consent"));

    private sealed record Stage(Guid MonthEndRun, List<(string Route, string Path, ApiCaller Caller)> Calls)
    {
        public void Add(ApiCaller caller, params (string Route, string Path)[] calls) =>
            Calls.AddRange(calls.Select(call => (call.Route, PathOf(call.Path), caller)));

        // Lists are asked for with a question mark.
        private static string PathOf(string path) =>
            path.Contains('?', StringComparison.Ordinal) ? $"{path}&{PageSize}".Replace("?&", "?", StringComparison.Ordinal) : path;
    }
}
