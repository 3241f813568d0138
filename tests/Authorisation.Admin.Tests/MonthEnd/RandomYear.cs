using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Who pays, and in whose name it was bought.</summary>
internal sealed record Payer(Guid Organisation, string Reference, Guid Department, Guid Traveller, long BillingSnapshot);

/// <summary>What a department's traveller comes to in a month.</summary>
/// <param name="SpentMinor">What stands on invoices.</param>
/// <param name="Purchases">How many purchases there were.</param>
internal readonly record struct Figures(long SpentMinor, long Purchases);

/// <summary>A month of the book.</summary>
internal sealed class MonthBook
{
    /// <summary>What stands on invoices, by organisation, reference, rate and category.</summary>
    public Dictionary<(Guid Organisation, string Reference, int BasisPoints, char Category), long> Invoiced { get; } = [];

    /// <summary>The same by department and traveller, with the number of purchases.</summary>
    public Dictionary<(Guid Department, Guid Traveller), Figures> Spent { get; } = [];

    /// <summary>How many lines put something on an invoice, by department and traveller and by what is invoiced together.</summary>
    public Dictionary<((Guid Department, Guid Traveller) Group, (Guid, string, int, char) Key), long> Lines { get; } = [];

    /// <summary>What is invoiced together and has something of an older month in it.</summary>
    public HashSet<(Guid Organisation, string Reference, int BasisPoints, char Category)> Late { get; } = [];

    /// <summary>The lines that are seen: a rate that comes to nothing has none, unless something of an older month is in it.</summary>
    public Dictionary<(Guid Department, Guid Traveller), long> LinesSeen => Lines
        .Where(one => Invoiced[one.Key.Key] != 0 || Late.Contains(one.Key.Key))
        .GroupBy(one => one.Key.Group).ToDictionary(same => same.Key, same => same.Sum(one => one.Value));
}

/// <summary>
/// Random purchases, operations and advices, and a book of them that is kept by the simplest rule there is: whatever is agreed on
/// stands on the invoice of its own month while that is open, and on the first open one's afterwards, and whoever the credit belonged
/// to when it was bought pays.
/// </summary>
internal sealed class RandomYear(MonthEndScene scene, Random random, List<RandomYear.Credit> credits)
{
    private static readonly (int BasisPoints, VatCategory Category)[] Rates =
    [
        (600, VatCategory.Standard), (1_200, VatCategory.Standard), (2_500, VatCategory.Standard), (0, VatCategory.ZeroRated),
        (0, VatCategory.OutsideScope),
    ];

    private readonly List<Bought> _bought = [];
    private readonly Dictionary<OperationKind, int> _counts = [];
    private readonly Dictionary<CreditMonth, MonthBook> _book = [];

    private enum State
    {
        Declined,
        Held,
        Taken,
        Undone,
    }

    /// <summary>The first month that is not closed.</summary>
    public CreditMonth Open { get; set; }

    /// <summary>Whether nearly everything is given back.</summary>
    public bool GivesBack { get; set; }

    /// <summary>The moment by the ledger's clock.</summary>
    public DateTimeOffset Now { get; private set; }

    private TimeZoneInfo Zone => scene.Operator.Terms.TimeZone;

    public int Count(OperationKind kind) => _counts.GetValueOrDefault(kind);

    public override string ToString() => string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"));

    public MonthBook Of(CreditMonth month) => _book.TryGetValue(month, out var found) ? found : _book[month] = new MonthBook();

    /// <summary>What a month holds now.</summary>
    public Dictionary<(Guid, Guid), long> Held(CreditMonth month) => _bought
        .Where(one => one.State == State.Held && one.LapsesAt > Now && one.Month == month)
        .GroupBy(one => (one.Payer!.Department, one.Payer.Traveller))
        .ToDictionary(same => same.Key, same => same.Sum(one => one.Purchase.AmountMinor));

    /// <summary>Sets the clock, and lets some things happen.</summary>
    public async Task StepAsync(DateTimeOffset at, int steps = 1)
    {
        Now = at;
        await scene.Ledger.StopClockAsync(at);
        for (var i = 0; i < steps; i++)
        {
            await (random.Next(GivesBack ? 4 : 0, 14) switch
            {
                < 4 => BuyAsync(),
                4 => random.Next(2) == 0 ? AdviseAsync() : AdviseOfKnownAsync(),
                5 => MatchAsync(),
                6 => OperateAsync(OperationKind.Capture),
                7 => OperateAsync(OperationKind.Void),
                8 => random.Next(4) == 0 ? MoveAsync() : AdviseOfKnownAsync(),
                < 12 when !GivesBack && random.Next(2) == 0 => BuyAsync(),
                _ => OperateAsync(OperationKind.Refund),
            });
        }
    }

    private async Task BuyAsync()
    {
        var credit = credits[random.Next(credits.Count)];
        var purchase = NewPurchase(credit.Instrument, hold: random.Next(3) == 0);
        var result = await scene.Node.AuthoriseAsync(purchase, scene.Operator.Terms);
        var isApproved = result.Entry!.Decision == Decision.Approved;
        var bought = new Bought(purchase)
        {
            Credit = credit,
            Payer = credit.Payer,
            Month = CreditMonth.Of(Now, Zone),
            State = !isApproved ? State.Declined : purchase.Hold ? State.Held : State.Taken,
            LapsesAt = Now + scene.Operator.Terms.HoldTime,
        };
        _bought.Add(bought);
        Enter(bought, bought.State == State.Taken ? purchase.AmountMinor : 0);
    }

    /// <summary>A device sold something that nobody knew of: up to six weeks ago, so that some is of a month that is closed.</summary>
    private async Task AdviseAsync()
    {
        var cards = credits.FindAll(one => one.Instrument.Kind == InstrumentKind.Card);
        var credit = random.Next(3) == 0 ? null : cards[random.Next(cards.Count)];
        var occurred = Now - TimeSpan.FromHours(random.Next(1, 1000));
        var purchase = NewPurchase(credit?.Instrument ?? scene.Operator.UnknownCard(), hold: false);
        var result = await scene.Node.AdviseAsync(scene.Operator.Advise(purchase, occurred), scene.Operator.Terms);
        Assert.Equal(CommitStatus.Decided, result.Status);
        // A card that nobody had credit on then is nobody's until it is matched.
        var isKnown = result.Operation!.AccountId is not null;
        var bought = new Bought(purchase)
        {
            Credit = isKnown ? credit : null,
            Payer = isKnown ? credit!.Payer : null,
            Month = CreditMonth.Of(occurred, Zone),
            State = State.Taken,
        };
        _bought.Add(bought);
        Enter(bought, purchase.AmountMinor);
        Counted(OperationKind.Advice);
    }

    /// <summary>A device tells that what it had asked for took place: what was held or had lapsed, and what was declined.</summary>
    private async Task AdviseOfKnownAsync()
    {
        var among = _bought[Math.Max(0, _bought.Count - 40)..]
            .FindAll(one => one.Purchase.Instrument.Kind == InstrumentKind.Card && (one.State is State.Declined or State.Held || random.Next(8) == 0));
        if (among.Count == 0)
        {
            return;
        }

        var bought = among[random.Next(among.Count)];
        var occurred = Now - TimeSpan.FromHours(random.Next(1, 100));
        var result = await scene.Node.AdviseAsync(scene.Operator.Advise(bought.Purchase, occurred), scene.Operator.Terms);
        if (result.Status != CommitStatus.Decided)
        {
            return;
        }

        Counted(OperationKind.Advice);
        if (bought.State == State.Declined)
        {
            bought.Month = CreditMonth.Of(occurred, Zone);
            bought.Payer = bought.Credit!.Payer;
        }

        var isNews = bought.State is State.Declined or State.Held;
        bought.State = bought.State == State.Undone ? State.Undone : State.Taken;
        Enter(bought, isNews ? bought.Purchase.AmountMinor : 0);
    }

    private async Task MatchAsync()
    {
        if (_bought.Find(one => one is { Payer: null, State: State.Taken }) is not { } nobodys)
        {
            return;
        }

        var credit = credits[random.Next(credits.Count)];
        var result = await scene.Node.Operations.MatchAsync(
            scene.Operator.Ask(OperationKind.Match, nobodys.Id), credit.Account, scene.Operator.Terms, CancellationToken.None)
            .WaitAsync(Eventually.Bound);
        Assert.Equal(CommitStatus.Decided, result.Status);
        (nobodys.Credit, nobodys.Payer) = (credit, credit.Payer);
        Enter(nobodys, nobodys.Purchase.AmountMinor);
        Counted(OperationKind.Match);
    }

    /// <summary>A credit is moved to another department, or given to another traveller, of its organisation.</summary>
    private async Task MoveAsync()
    {
        var credit = credits[random.Next(credits.Count)];
        var others = credits.FindAll(one => one.FirstPayer.Organisation == credit.Payer.Organisation);
        credit.Payer = others[random.Next(others.Count)].FirstPayer;
        await scene.Ledger.ExecuteAsync(
            "update credit_account set billing_snapshot_id = @BillingSnapshot where id = @Account", new { credit.Account, credit.Payer.BillingSnapshot });
    }

    private async Task OperateAsync(OperationKind kind)
    {
        // Mostly of what is new: holds lapse, and voids end with the month.
        var among = kind == OperationKind.Refund
            ? _bought.FindAll(one => one.Credit?.Instrument.Kind == InstrumentKind.App && one.InvoicedMinor > 0)
            : _bought[Math.Max(0, _bought.Count - 15)..];
        if (among.Count == 0)
        {
            return;
        }

        var bought = among[random.Next(among.Count)];
        long? amount = kind == OperationKind.Void || random.Next(2) == 0 ? null : random.Next(1, 6_000);
        var result = kind == OperationKind.Refund
            ? await scene.RefundAsync(bought.Id, amount) : await scene.OperateAsync(kind, bought.Id, amount);
        if (result.Status != CommitStatus.Decided)
        {
            return;
        }

        Counted(kind);
        switch (kind)
        {
            case OperationKind.Capture:
                bought.State = State.Taken;
                Enter(bought, amount ?? bought.Purchase.AmountMinor);
                break;
            case OperationKind.Refund:
                Enter(bought, -(amount ?? bought.InvoicedMinor));
                break;
            default:
                bought.State = bought.State == State.Declined ? State.Declined : State.Undone;
                Enter(bought, -bought.InvoicedMinor, isVoid: true);
                break;
        }
    }

    private Purchase NewPurchase(Instrument instrument, bool hold)
    {
        var (basisPoints, category) = Rates[random.Next(Rates.Length)];
        return scene.Operator.Buy(instrument, random.Next(1, 30_000)) with
        {
            Hold = hold,
            VatBasisPoints = basisPoints,
            VatCategory = category,
        };
    }

    private void Enter(Bought bought, long minor, bool isVoid = false)
    {
        if (bought.Payer is not { } payer || minor == 0)
        {
            return;
        }

        var month = CreditMonth.Later(bought.Month, Open);
        var book = Of(month);
        var (purchase, group) = (bought.Purchase, (payer.Department, payer.Traveller));
        var key = (payer.Organisation, payer.Reference, purchase.VatBasisPoints!.Value, (char)purchase.VatCategory);
        book.Invoiced[key] = book.Invoiced.GetValueOrDefault(key) + minor;
        if (month != bought.Month)
        {
            book.Late.Add(key);
        }

        var counts = 0;
        if (minor > 0)
        {
            counts = 1;
            bought.InvoicedIn = month;
            book.Lines[(group, key)] = book.Lines.GetValueOrDefault((group, key)) + 1;
        }
        else if (isVoid && bought.InvoicedIn == month)
        {
            counts = -1;
        }

        bought.InvoicedMinor += minor;
        var before = book.Spent.GetValueOrDefault(group);
        book.Spent[group] = new Figures(before.SpentMinor + minor, before.Purchases + counts);
    }

    private void Counted(OperationKind kind) => _counts[kind] = Count(kind) + 1;

    /// <summary>A credit, and whose it is at the moment.</summary>
    internal sealed record Credit(Instrument Instrument, Guid Account, Payer FirstPayer)
    {
        public Payer Payer { get; set; } = FirstPayer;
    }

    private sealed class Bought(Purchase purchase)
    {
        public Guid Id => Purchase.Id;

        public Purchase Purchase { get; } = purchase;

        /// <summary>What it was bought on; null while it is nobody's.</summary>
        public Credit? Credit { get; set; }

        /// <summary>Who pays; null while it is nobody's.</summary>
        public Payer? Payer { get; set; }

        public required CreditMonth Month { get; set; }

        public required State State { get; set; }

        public DateTimeOffset LapsesAt { get; init; }

        /// <summary>What stands on invoices of it so far.</summary>
        public long InvoicedMinor { get; set; }

        public CreditMonth InvoicedIn { get; set; }
    }
}
