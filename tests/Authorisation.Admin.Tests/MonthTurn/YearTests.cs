using Authorisation.Admin.Invoices;
using Authorisation.Admin.Tests.Invoices;
using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Provisioning;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Admin.Tests.MonthTurn;

/// <summary>
/// A year of random purchases, operations and advices, closed month by month, against a book that is kept by the simplest
/// rule there is: whatever is agreed on stands on the invoice of the month in which it was agreed on.
/// </summary>
public sealed class YearTests(SharedLedger shared, ITestOutputHelper output) : IClassFixture<SharedLedger>
{
    private const int Months = 12;
    private const int StepsPerMonth = 70;

    private static readonly (int BasisPoints, VatCategory Category)[] Rates =
    [
        (600, VatCategory.Standard), (1_200, VatCategory.Standard), (2_500, VatCategory.Standard), (0, VatCategory.ZeroRated),
        (0, VatCategory.OutsideScope),
    ];

    [Theory]
    [InlineData(1, "Europe/Stockholm")]
    [InlineData(2, "Europe/Oslo")]
    public async Task What_is_invoiced_is_what_was_agreed_on(int seed, string zone)
    {
        output.WriteLine($"seed {seed}");
        await using var scene = await TurnScene.BeginAsync(shared, terms => terms with { TimeZone = zone, HoldTime = TimeSpan.FromDays(20) });
        var year = new Year(scene, new Random(seed), await PayersAsync(scene));
        // So that the year begins with what was before it closed.
        await scene.BuyAsync(await scene.Operator.AddCardAsync());
        await scene.Ledger.StopClockAsync(CreditMonth.FromNumber(2027_01).StartsAt(scene.Operator.Terms.TimeZone));
        await scene.RunAsync();
        var month = CreditMonth.FromNumber(2027_01);
        for (var i = 0; i < Months; i++, month = month.Next)
        {
            var starts = month.StartsAt(scene.Operator.Terms.TimeZone);
            var length = month.Next.StartsAt(scene.Operator.Terms.TimeZone) - starts;
            // One month in which nearly everything is given back, so that there are credit notes.
            year.GivesBack = i is 5 or 9;
            for (var step = 0; step < StepsPerMonth; step++)
            {
                await scene.Ledger.StopClockAsync(starts + TimeSpan.FromMinutes(1) + (length * ((double)step / StepsPerMonth)));
                await year.StepAsync(month);
            }

            await scene.Ledger.StopClockAsync(month.Next.StartsAt(scene.Operator.Terms.TimeZone).AddMilliseconds(1));
            await scene.Node.Sweeper.SweepAsync(_ => scene.Operator.Terms, CancellationToken.None);
            await scene.RunAsync();
            await AssertInvoicesAsync(scene, month, year.Book[month]);
            await scene.AssertStatementsAddUpAsync(month.Number);
        }

        output.WriteLine(year.ToString());
        Assert.True(year.Count(OperationKind.Capture) > 5 && year.Count(OperationKind.Refund) > 5 && year.Count(OperationKind.Void) > 5);
        Assert.True(year.Count(OperationKind.Match) > 0 && year.Count(OperationKind.Advice) > 5);
        Assert.True(await scene.Ledger.AskAsync<long>("select count(*) from control.invoice where kind = 2") > 0);
        for (month = CreditMonth.FromNumber(2027_01); month < CreditMonth.FromNumber(2028_01); month = month.Next)
        {
            Assert.Equal((await scene.TurnOfAsync(month.Number)).Hash, (await scene.VerifyAsync(month.Number)).Hash);
        }

        Assert.DoesNotContain(scene.Log.Entries, entry => entry.EventId.Id == 5504);
        await LedgerSums.AddUpAsync(scene.Ledger, scene.Operator.Terms.Id);
    }

    /// <summary>The invoices of a month, with their lines, come to what the book has; and are right as Peppol documents.</summary>
    private static async Task AssertInvoicesAsync(TurnScene scene, CreditMonth month, IReadOnlyDictionary<(Guid, string, int, char), long> book)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        var reader = new InvoiceReader(NullLogger<InvoiceReader>.Instance);
        var sums = new Dictionary<(Guid, string, int, char), long>();
        foreach (var row in (await db.QueryAsync<InvoiceRow>(
            $"select {InvoiceRow.Columns} where i.operator_id = @Id and i.month = @Number",
            new { scene.Operator.Terms.Id, month.Number })).ToList())
        {
            var invoice = await reader.ReadAsync(db, row, CancellationToken.None);
            foreach (var tax in invoice.Taxes)
            {
                sums[(row.OrganisationId, row.BillingReference, tax.BasisPoints, (char)tax.Category)] = tax.GrossMinor;
            }

            Assert.Equal(row.TotalMinor, invoice.Lines.Sum(line => line.GrossMinor));
            Assert.Equal(row.TotalMinor < 0, row.Kind == InvoiceKind.CreditNote);
            Assert.Equal(invoice.Taxes.Sum(tax => tax.NetMinor), invoice.Lines.Sum(line => line.NetMinor));
            Assert.Equal(row.Kind == InvoiceKind.CreditNote, invoice.Corrects.Count > 0);
            Assert.Empty(PeppolMissing.Of(invoice));
            Assert.Empty(PeppolRules.Broken(UblDocument.Read(PeppolXml.Write(invoice, SampleInvoices.Swedish))));
        }

        Assert.Equal(Sorted(book), Sorted(sums));
    }

    private static List<((Guid, string, int, char) Key, long Minor)> Sorted(IReadOnlyDictionary<(Guid, string, int, char), long> sums) =>
        [.. sums.Where(sum => sum.Value != 0).OrderBy(sum => sum.Key).Select(sum => (sum.Key, sum.Value))];

    private static async Task<List<Payer>> PayersAsync(TurnScene scene)
    {
        var payers = new List<Payer>();
        var provisioner = scene.Ledger.Provisioner;
        foreach (var name in (string[])["Åkeriet AB", "Kommunen"])
        {
            var organisation = await provisioner.AddOrganisationAsync(scene.Operator.Terms.Id, name);
            await scene.Ledger.ExecuteAsync(
                """
                update organisation set organisation_number = '5560360793',
                  billing_address = '{"street": "Storgatan 1", "postal_code": "553 20", "city": "Jönköping"}'
                where id = @organisation
                """.Replace("5560360793", name == "Kommunen" ? "2120001355" : "5560360793", StringComparison.Ordinal),
                new { organisation });
            foreach (var reference in (string[])["4711", "4712"])
            {
                var department = await provisioner.AddDepartmentAsync(organisation, "Avdelning " + reference, reference);
                for (var traveller = 0; traveller < 2; traveller++)
                {
                    var particulars = await provisioner.AddTravellerAsync(department, $"Resenär {traveller}", $"{Guid.NewGuid():N}@example.com");
                    // One on a card, one in the app: a card's purchases are given back on their day only.
                    var cardNumber = traveller == 0 ? TestOperator.NewCardNumber() : null;
                    var operatorId = scene.Operator.Terms.Id;
                    var account = await provisioner.AddCreditAsync(new NewCredit(operatorId, particulars, cardNumber, 400_000));
                    payers.Add(new Payer(
                        organisation,
                        reference,
                        cardNumber is null ? Instrument.App(operatorId, account) : Instrument.Card(operatorId, cardNumber),
                        account));
                }
            }
        }

        return payers;
    }

    private sealed record Payer(Guid Organisation, string Reference, Instrument Instrument, Guid Account);

    private sealed record Bought(Guid Id, Payer? Payer, int BasisPoints, VatCategory Category, bool Hold, CreditMonth Month)
    {
        /// <summary>What stands on invoices of it so far.</summary>
        public long InvoicedMinor { get; set; }
    }

    private sealed class Year(TurnScene scene, Random random, List<Payer> payers)
    {
        private readonly List<Bought> _bought = [];
        private readonly Dictionary<OperationKind, int> _counts = [];

        public Dictionary<CreditMonth, Dictionary<(Guid, string, int, char), long>> Book { get; } = [];

        public bool GivesBack { get; set; }

        public int Count(OperationKind kind) => _counts.GetValueOrDefault(kind);

        public override string ToString() => string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"));

        public async Task StepAsync(CreditMonth month)
        {
            Book.TryAdd(month, []);
            switch (random.Next(GivesBack ? 4 : 0, 12))
            {
                case < 4:
                    await BuyAsync(month);
                    break;
                case 4:
                    await AdviseAsync(month);
                    break;
                case 5:
                    await MatchAsync(month);
                    break;
                case 6:
                    await OperateAsync(OperationKind.Capture, month);
                    break;
                case 7:
                    await OperateAsync(OperationKind.Void, month);
                    break;
                case < 10 when !GivesBack && random.Next(2) == 0:
                    await BuyAsync(month);
                    break;
                default:
                    await OperateAsync(OperationKind.Refund, month);
                    break;
            }
        }

        private async Task BuyAsync(CreditMonth month)
        {
            var payer = payers[random.Next(payers.Count)];
            var (purchase, bought) = Purchase(payer.Instrument, payer, month, hold: random.Next(3) == 0);
            var result = await scene.Node.AuthoriseAsync(purchase, scene.Operator.Terms);
            if (result.Entry!.Decision == Decision.Approved)
            {
                _bought.Add(bought);
                Enter(bought, month, bought.Hold ? 0 : purchase.AmountMinor);
            }
        }

        private async Task AdviseAsync(CreditMonth month)
        {
            var cards = payers.FindAll(one => one.Instrument.Kind == InstrumentKind.Card);
            var payer = random.Next(3) == 0 ? null : cards[random.Next(cards.Count)];
            var (purchase, bought) = Purchase(payer?.Instrument ?? scene.Operator.UnknownCard(), payer, month, hold: false);
            // Up to six weeks ago, so that some are of a month that is closed.
            var now = new DateTimeOffset(await scene.Ledger.AskAsync<DateTime>("select ledger_now()"), TimeSpan.Zero);
            var occurred = now - TimeSpan.FromHours(random.Next(1, 1000));
            var result = await scene.Node.AdviseAsync(scene.Operator.Advise(purchase, occurred), scene.Operator.Terms);
            Assert.Equal(CommitStatus.Decided, result.Status);
            // A card that nobody had credit on then is nobody's until it is matched.
            var isMatched = result.Operation!.AccountId is not null;
            bought = bought with { Payer = isMatched ? payer : null };
            _bought.Add(bought);
            Enter(bought, month, isMatched ? purchase.AmountMinor : 0);
            Counted(OperationKind.Advice);
        }

        private async Task MatchAsync(CreditMonth month)
        {
            if (_bought.Find(one => one.Payer is null && one.InvoicedMinor == 0) is not { } nobodys)
            {
                return;
            }

            var payer = payers[random.Next(payers.Count)];
            var result = await scene.Node.Operations.MatchAsync(
                scene.Operator.Ask(OperationKind.Match, nobodys.Id), payer.Account, scene.Operator.Terms, CancellationToken.None)
                .WaitAsync(Eventually.Bound);
            _bought.Remove(nobodys);
            if (result.Status == CommitStatus.Decided)
            {
                var bought = nobodys with { Payer = payer };
                _bought.Add(bought);
                Enter(bought, month, result.Operation!.AmountMinor == 0 ? result.History!.CapturedMinor - result.History.RefundedMinor : result.Operation.AmountMinor);
                Counted(OperationKind.Match);
            }
        }

        private async Task OperateAsync(OperationKind kind, CreditMonth month)
        {
            if (_bought.Count == 0)
            {
                return;
            }

            // Mostly of what is new: holds lapse, and voids end with the month.
            var among = kind == OperationKind.Refund
                ? _bought.FindAll(one => one.Payer?.Instrument.Kind == InstrumentKind.App && one.InvoicedMinor > 0)
                : _bought[Math.Max(0, _bought.Count - 15)..];
            if (among.Count == 0)
            {
                return;
            }

            var bought = among[random.Next(among.Count)];
            long? amount = kind == OperationKind.Void || random.Next(2) == 0 ? null : random.Next(1, 6_000);
            var before = await scene.Node.HistoryOfAsync(bought.Id);
            var result = kind == OperationKind.Refund
                ? await scene.RefundAsync(bought.Id, amount) : await scene.OperateAsync(kind, bought.Id, amount);
            if (result.Status != CommitStatus.Decided)
            {
                return;
            }

            Counted(kind);
            Enter(bought, month, kind switch
            {
                OperationKind.Capture => amount ?? before.Entry.Purchase.AmountMinor,
                OperationKind.Refund when bought.Payer is null => 0,
                OperationKind.Refund => -(amount ?? bought.InvoicedMinor),
                _ => -bought.InvoicedMinor,
            });
        }

        private (Purchase Purchase, Bought Bought) Purchase(Instrument instrument, Payer? payer, CreditMonth month, bool hold)
        {
            var (basisPoints, category) = Rates[random.Next(Rates.Length)];
            var purchase = scene.Operator.Buy(instrument, random.Next(1, 30_000)) with
            {
                Hold = hold,
                VatBasisPoints = basisPoints,
                VatCategory = category,
            };
            return (purchase, new Bought(purchase.Id, payer, basisPoints, category, hold, month));
        }

        private void Enter(Bought bought, CreditMonth month, long minor)
        {
            bought.InvoicedMinor += minor;
            if (bought.Payer is { } payer)
            {
                var key = (payer.Organisation, payer.Reference, bought.BasisPoints, (char)bought.Category);
                Book[month][key] = Book[month].GetValueOrDefault(key) + minor;
            }
        }

        private void Counted(OperationKind kind) => _counts[kind] = Count(kind) + 1;
    }
}
