using Authorisation.Admin.Tests.Invoices;
using Authorisation.Administration.Trips;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.Reports;
using Authorisation.Core;
using Authorisation.Provisioning;
using Authorisation.Testing.Ledger;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>
/// A year of random purchases, operations and advices, many of them around midnight of the months' ends, closed month by month:
/// reports, statements and invoices say of every month, department and traveller what a simple book says.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class YearTests(SharedLedger shared, ITestOutputHelper output) : IClassFixture<SharedLedger>
{
    private const int Months = 12;
    private const int StepsPerMonth = 70;
    private const int StepsAroundMidnight = 8;

    [Theory]
    [InlineData(1, "Europe/Stockholm", "SEK")]
    [InlineData(2, "Europe/Oslo", "NOK")]
    [InlineData(3, "Europe/Helsinki", "SEK")]
    public async Task Reports_statements_and_invoices_are_what_was_agreed_on(int seed, string zone, string currency)
    {
        output.WriteLine($"seed {seed}");
        await using var scene = await MonthEndScene.BeginAsync(
            shared, terms => terms with { TimeZone = zone, Currency = currency, HoldTime = TimeSpan.FromDays(20) });
        var year = new RandomYear(scene, new Random(seed), await CreditsAsync(scene));
        // So that the year begins with what was before it closed.
        await scene.BuyAsync(await scene.Operator.AddCardAsync());
        var month = year.Open = CreditMonth.FromNumber(2027_01);
        await scene.Ledger.StopClockAsync(month.StartsAt(scene.Operator.Terms.TimeZone));
        await scene.RunAsync();
        for (var i = 0; i < Months; i++, month = month.Next)
        {
            // One month in which nearly everything is given back, so that there are credit notes.
            year.GivesBack = i is 5 or 9;
            await MonthAsync(scene, year, month);
            await AssertInvoicesAsync(scene, month, year.Of(month), $"year-{seed}");
            await scene.AssertStatementsAddUpAsync(month.Number);
        }

        output.WriteLine(year.ToString());
        Assert.True(year.Count(OperationKind.Capture) > 5 && year.Count(OperationKind.Refund) > 5 && year.Count(OperationKind.Void) > 5);
        Assert.True(year.Count(OperationKind.Match) > 0 && year.Count(OperationKind.Advice) > 5);
        Assert.True(await scene.Ledger.AskAsync<long>("select count(*) from billing.invoice where kind = 2") > 0);
        for (month = CreditMonth.FromNumber(2027_01); month < CreditMonth.FromNumber(2028_01); month = month.Next)
        {
            // What came afterwards changed nothing.
            await AssertReportAsync(scene, year, month, isClosed: true);
            Assert.Equal((await scene.MonthEndOfAsync(month.Number)).Hash, (await scene.VerifyAsync(month.Number)).Hash);
        }

        Assert.DoesNotContain(scene.Log.Entries, entry => entry.EventId.Id == 5504);
        await LedgerSums.AddUpAsync(scene.Ledger, scene.Operator.Terms.Id);
    }

    /// <summary>A month, the midnight at its end, and closing it half a minute later.</summary>
    private static async Task MonthAsync(MonthEndScene scene, RandomYear year, CreditMonth month)
    {
        var midnight = month.Next.StartsAt(scene.Operator.Terms.TimeZone);
        var starts = month.StartsAt(scene.Operator.Terms.TimeZone).AddMinutes(2);
        for (var step = 0; step < StepsPerMonth; step++)
        {
            await year.StepAsync(starts + ((midnight - starts) * ((double)step / StepsPerMonth)));
        }

        await year.StepAsync(midnight.AddSeconds(-20), StepsAroundMidnight);
        await year.StepAsync(midnight.AddMilliseconds(-1), StepsAroundMidnight);
        await AssertReportAsync(scene, year, month, isClosed: false);
        await year.StepAsync(midnight, StepsAroundMidnight);
        await AssertReportAsync(scene, year, month, isClosed: false);
        await AssertReportAsync(scene, year, month.Next, isClosed: false);
        await scene.Ledger.StopClockAsync(midnight.AddSeconds(30));
        await scene.Node.Sweeper.SweepAsync(_ => scene.Operator.Terms, CancellationToken.None);
        await scene.RunAsync();
        year.Open = month.Next;
        await year.StepAsync(midnight.AddMinutes(1), StepsAroundMidnight);
        await AssertReportAsync(scene, year, month, isClosed: false);
        await AssertReportAsync(scene, year, month, isClosed: true);
        await AssertReportAsync(scene, year, month.Next, isClosed: false);
        Assert.Equal(Sorted(year.Of(month).Spent), Sorted(await StatedAsync(scene, month)));
    }

    private static async Task AssertReportAsync(MonthEndScene scene, RandomYear year, CreditMonth month, bool isClosed)
    {
        var rows = await ReportAsync(scene, month, isClosed, isByTraveller: true);
        Assert.DoesNotContain(rows, row => row.Purchases < 0);
        Assert.Equal(
            Sorted(year.Of(month).Spent),
            Sorted(rows.ToDictionary(row => (row.DepartmentId, row.TravellerId), row => new Figures(row.SpentMinor, row.Purchases))));
        Assert.Equal(Sorted(year.Held(month)), Sorted(rows.ToDictionary(row => (row.DepartmentId, row.TravellerId), row => row.HeldMinor)));
        var departments = await ReportAsync(scene, month, isClosed, isByTraveller: false);
        Assert.Equal(
            rows.GroupBy(row => row.DepartmentId).Select(Sums).OrderBy(sum => sum.Department),
            departments.GroupBy(row => row.DepartmentId).Select(Sums).OrderBy(sum => sum.Department));

        static (Guid Department, long Spent, long Late, long Held, long Limit, long Purchases) Sums(IGrouping<Guid, SpendingRow> same) => (
            same.Key, same.Sum(row => row.SpentMinor), same.Sum(row => row.LateMinor), same.Sum(row => row.HeldMinor),
            same.Sum(row => row.LimitMinor), same.Sum(row => row.Purchases));
    }

    private static async Task<List<SpendingRow>> ReportAsync(MonthEndScene scene, CreditMonth month, bool isClosed, bool isByTraveller)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        var rows = new List<SpendingRow>();
        foreach (var organisation in await db.QueryAsync<Guid>(
            "select id from organisation where operator_id = @Id and id <> @OrganisationId", new { scene.Operator.Terms.Id, scene.Operator.OrganisationId }))
        {
            var query = new SpendingQuery
            {
                OperatorId = scene.Operator.Terms.Id,
                OrganisationId = organisation,
                Month = month.Number,
                IsByTraveller = isByTraveller,
            };
            var all = await Spending.ReadAsync(db, query, isClosed, CancellationToken.None);
            Assert.Equal(all, await PagesAsync(db, query with { Count = 3 }, isClosed));
            rows.AddRange(all);
        }

        return rows;

        static async Task<List<SpendingRow>> PagesAsync(NpgsqlConnection db, SpendingQuery query, bool isClosed)
        {
            var pages = new List<SpendingRow>();
            while (true)
            {
                var page = await Spending.ReadAsync(db, query, isClosed, CancellationToken.None);
                Assert.True(page.Count <= query.Count);
                pages.AddRange(page);
                if (page.Count < query.Count)
                {
                    return pages;
                }

                query = query with { AfterDepartment = page[^1].DepartmentId, AfterTraveller = page[^1].TravellerId };
            }
        }
    }

    /// <summary>What the statements of a month come to, those of the test's own organisations.</summary>
    private static async Task<Dictionary<(Guid, Guid), Figures>> StatedAsync(MonthEndScene scene, CreditMonth month)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        var rows = await db.QueryAsync<(Guid Department, Guid Traveller, long Spent, long Purchases)>(
            """
            select p.department_id, p.traveller_id, sum(s.invoiced_minor)::bigint, sum(s.purchases)
            from billing.statement_part s join billing_snapshot p on p.id = s.billing_snapshot_id
            where s.operator_id = @Id and s.month = @Number and p.organisation_id <> @OrganisationId
            group by p.department_id, p.traveller_id
            """,
            new { scene.Operator.Terms.Id, month.Number, scene.Operator.OrganisationId });
        return rows.ToDictionary(row => (row.Department, row.Traveller), row => new Figures(row.Spent, row.Purchases));
    }

    /// <summary>The invoices of a month, with their lines, come to what the book has; and are right as Peppol documents.</summary>
    private static async Task AssertInvoicesAsync(MonthEndScene scene, CreditMonth month, MonthBook book, string name)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        var reader = new InvoiceReader(NullLogger<InvoiceReader>.Instance);
        var sums = new Dictionary<(Guid, string, int, char), long>();
        var lines = new List<InvoiceLine>();
        foreach (var row in (await db.QueryAsync<InvoiceHeader>(
            $"select {InvoiceHeader.Columns} where i.operator_id = @Id and i.month = @Number",
            new { scene.Operator.Terms.Id, month.Number })).ToList())
        {
            var invoice = await reader.ReadAsync(db, row, TripSight.Employer, CancellationToken.None);
            foreach (var tax in invoice.Taxes)
            {
                sums[(row.OrganisationId, row.BillingReference, tax.BasisPoints, (char)tax.Category)] = tax.GrossMinor;
            }

            lines.AddRange(invoice.Lines);
            Assert.Equal(row.TotalMinor, invoice.Lines.Sum(line => line.GrossMinor));
            Assert.Equal(row.TotalMinor < 0, row.Kind == InvoiceKind.CreditNote);
            Assert.Equal(invoice.Taxes.Sum(tax => tax.NetMinor), invoice.Lines.Sum(line => line.NetMinor));
            Assert.Equal(row.Kind == InvoiceKind.CreditNote, invoice.Corrects.Count > 0);
            Assert.Empty(PeppolMissing.Of(invoice));
            var file = PeppolXml.Write(invoice, scene.IsNorwegian ? SampleInvoices.Norwegian : SampleInvoices.Swedish);
            Assert.Empty(PeppolRules.Broken(UblDocument.Read(file)));
            EInvoiceFolder.Keep($"{name}-{invoice.Number}", file);
        }

        Assert.Equal(Sorted(book.Invoiced), Sorted(sums));
        var groups = lines.GroupBy(line => (line.DepartmentId, line.TravellerId!.Value)).ToList();
        Assert.Equal(
            Sorted(book.Spent.ToDictionary(one => one.Key, one => one.Value.SpentMinor)),
            Sorted(groups.ToDictionary(same => same.Key, same => same.Sum(line => line.GrossMinor))));
        // Who bought only what was undone at once has no invoice: then neither has the book anything but noughts.
        var seen = book.LinesSeen;
        var withoutInvoice = seen.Keys.Except(groups.Select(same => same.Key)).ToList();
        Assert.All(withoutInvoice, group => Assert.Equal(0, book.Spent[group].SpentMinor));
        Assert.Equal(
            Sorted(seen.Where(one => !withoutInvoice.Contains(one.Key)).ToDictionary()),
            Sorted(groups.ToDictionary(same => same.Key, same => (long)same.Count(line => line.GrossMinor > 0))));
    }

    private static List<(TKey Key, TValue Value)> Sorted<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> all)
        where TValue : struct =>
        [.. all.Where(one => !one.Value.Equals(default(TValue))).OrderBy(one => one.Key).Select(one => (one.Key, one.Value))];

    /// <summary>Two organisations with two departments, each with a traveller who has a card and one who has the app.</summary>
    private static async Task<List<RandomYear.Credit>> CreditsAsync(MonthEndScene scene)
    {
        var credits = new List<RandomYear.Credit>();
        var (provisioner, operatorId) = (scene.Ledger.Provisioner, scene.Operator.Terms.Id);
        var (first, second) = scene.IsNorwegian ? ("985399077", "982463718") : ("5560360793", "2120001355");
        foreach (var (name, number) in new[] { ("Åkeriet AB", first), ("Kommunen", second) })
        {
            var organisation = await provisioner.AddOrganisationAsync(operatorId, name);
            await scene.Ledger.ExecuteAsync(
                """
                update organisation set organisation_number = @number,
                  billing_address = '{"street": "Storgatan 1", "postal_code": "553 20", "city": "Jönköping"}'
                where id = @organisation
                """,
                new { organisation, number });
            foreach (var reference in (string[])["4711", "4712"])
            {
                var department = await provisioner.AddDepartmentAsync(organisation, "Avdelning " + reference, reference);
                for (var i = 0; i < 2; i++)
                {
                    var billingSnapshot = await provisioner.AddTravellerAsync(department, $"Resenär {i}", $"{Guid.NewGuid():N}@example.com");
                    var traveller = await scene.Ledger.AskAsync<Guid>("select traveller_id from billing_snapshot where id = @billingSnapshot", new { billingSnapshot });
                    var payer = new Payer(organisation, reference, department, traveller, billingSnapshot);
                    // One on a card, one in the app: a card's purchases are given back on their day only.
                    var cardNumber = i == 0 ? TestOperator.NewCardNumber() : null;
                    var account = await provisioner.AddCreditAsync(new NewCredit(operatorId, billingSnapshot, cardNumber, 120_000));
                    credits.Add(new RandomYear.Credit(
                        cardNumber is null ? Instrument.App(operatorId, account) : Instrument.Card(operatorId, cardNumber), account, payer));
                }
            }
        }

        return credits;
    }
}
