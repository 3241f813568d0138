using System.Globalization;
using Authorisation.Admin.Jobs;
using Authorisation.Admin.Tests.Invoices;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Provisioning;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>A ledger whose clock the test sets, an operator, a server's queue, and hosts that do the nights' work.</summary>
internal sealed class MonthEndScene : IAsyncDisposable
{
    /// <summary>What a verification of the closed rows goes by, so that a test can compare two runs.</summary>
    private const string ClosedRows = """
        select md5(string_agg(t::text, E'\n' order by t::text)) from (
          select 's', operator_id, month, account_id, limit_minor + late_minor, invoiced_minor, held_minor, purchases, seals::text from billing.statement
          union all
          select 'p', operator_id, month, account_id, billing_snapshot_id, invoiced_minor, late_minor, purchases, vat_category || vat_basis_points
          from billing.statement_part
        ) t
        """;

    private readonly List<ControlDatabase> _databases = [];

    private MonthEndScene(TestLedger ledger, TestOperator oper, LedgerNode node) => (Ledger, Operator, Node) = (ledger, oper, node);

    public static DateTimeOffset December { get; } = At("2026-12-10T12:00:00+01:00");

    public static DateTimeOffset NewYear { get; } = At("2027-01-01T00:00:00+01:00");

    public TestLedger Ledger { get; }

    public TestOperator Operator { get; }

    public LedgerNode Node { get; }

    /// <summary>Whether the operator invoices in Norway, which goes with its currency.</summary>
    public bool IsNorwegian => Operator.Terms.Currency == "NOK";

    public TestLog Log { get; } = new();

    /// <summary>Makes a ledger with an operator, in December 2026.</summary>
    public static async Task<MonthEndScene> BeginAsync(SharedLedger shared, Func<NewOperator, NewOperator>? change = null)
    {
        var ledger = await shared.CreateOwnAsync();
        await ledger.StopClockAsync(December);
        var oper = await TestOperator.CreateAsync(ledger, change);
        await using var db = await ledger.Owner.OpenConnectionAsync();
        var scene = new MonthEndScene(ledger, oper, new LedgerNode(ledger.Connect(), NullLoggerFactory.Instance));
        await db.ExecuteAsync(
            "update operator set country = @country where id = @Id", new { country = scene.IsNorwegian ? "NO" : "SE", oper.Terms.Id });
        var invoicing = new Invoicing
        {
            Seller = scene.IsNorwegian ? SampleInvoices.NorwegianSeller : SampleInvoices.SwedishSeller,
            Payment = scene.IsNorwegian ? SampleInvoices.NorwegianPayment : SampleInvoices.SwedishPayment,
            PaymentDays = 30,
            NumberPrefix = "T-",
            NextNumber = 1,
            ItemisesCards = true,
            ShowsPurchasesAtOnce = true,
            Revision = 1,
        };
        Assert.True(await invoicing.SaveAsync(db, oper.Terms.Id));
        return scene;
    }

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A host that does the nights' work, in small pieces and without rest.</summary>
    public MonthEndRunner NewRunner(
        int chunk = 3, CreditSnapshotCache? cache = null, string? connectionString = null, TimeSpan holdsWait = default, TimeProvider? time = null)
    {
        var database = new ControlDatabase(connectionString ?? Ledger.AdminConnectionString, NullLoggerFactory.Instance);
        _databases.Add(database);
        var settings = MonthEndSettings.Default with { SharePercent = 100, ChunkAccounts = chunk, HoldsWait = holdsWait };
        var logs = new LoggerFactory([Log]);
        return new MonthEndRunner(
            database, new Reconciliation(cache), new MakeInvoices(),
            new SubscriptionMonthsStep(new BeginSubscriptionMonths(), NullLogger<SubscriptionMonthsStep>.Instance),
            new ErasureStep(settings, time ?? Ledger.HostTime, logs.CreateLogger<ErasureStep>()),
            settings, time ?? Ledger.HostTime, logs.CreateLogger<MonthEndRunner>());
    }

    /// <summary>What records the clocks of a host that goes with the ledger's; it runs only when it is told to.</summary>
    public ClockRecorder NewRecorder()
    {
        var database = new ControlDatabase(Ledger.AdminConnectionString, NullLoggerFactory.Instance);
        _databases.Add(database);
        return new ClockRecorder(database, Ledger.HostTime, new LoggerFactory([Log]).CreateLogger<ClockRecorder>());
    }

    /// <summary>Does what is due, as a host does that has watched the clocks all the time.</summary>
    public async Task RunAsync(MonthEndRunner? runner = null)
    {
        await WatchClocksAsync();
        await RunUnwatchedAsync(runner);
    }

    /// <summary>Does what is due of another operator, likewise.</summary>
    public async Task RunAsync(TestOperator other)
    {
        await WatchClocksAsync();
        await NewRunner().RunAsync(other.Terms.Id, CancellationToken.None).WaitAsync(Eventually.Bound);
    }

    /// <summary>Does what is due, with what was recorded of the clocks by whoever did.</summary>
    public Task RunUnwatchedAsync(MonthEndRunner? runner = null) =>
        (runner ?? NewRunner()).RunAsync(Operator.Terms.Id, CancellationToken.None).WaitAsync(Eventually.Bound);

    /// <summary>Has it recorded that the clocks were watched until now, without a jump.</summary>
    public Task WatchClocksAsync() => Ledger.ExecuteAsync(
        """
        insert into billing.clock_moment (host, host_at, database_at, steady_since)
        values ('test', ledger_now(), ledger_now(), ledger_now() - interval '1 day')
        on conflict (id) do update
        set host_at = excluded.host_at, database_at = excluded.database_at, steady_since = excluded.steady_since
        """);

    /// <summary>A person asks for the closing of a month.</summary>
    public async Task AskAsync(int month)
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        await MonthEndRun.AddAsync(db, Operator.Terms.Id, NightlyRun.After(CreditMonth.FromNumber(month)));
        await MonthEndRun.AskAsync(db, Operator.Terms.Id, CreditMonth.FromNumber(month));
    }

    public async Task<CommitResult> BuyAsync(Instrument instrument, long amountMinor = 1_000, bool hold = false) =>
        await Node.AuthoriseAsync(Operator.Buy(instrument, amountMinor) with { Hold = hold }, Operator.Terms);

    public Task<CommitResult> OperateAsync(OperationKind kind, Guid authorisation, long? amountMinor = null) =>
        Node.OperateAsync(Operator.Ask(kind, authorisation, amountMinor), Operator.Terms);

    /// <summary>A refund as an app's back end asks for it, which may on any day.</summary>
    public Task<CommitResult> RefundAsync(Guid authorisation, long? amountMinor = null) => Node.OperateAsync(
        Operator.Ask(OperationKind.Refund, authorisation, amountMinor) with
        {
            By = new Actor(Operator.Validator, ClientKind.AppBackEnd),
        },
        Operator.Terms);

    /// <summary>Deletes the authorisation of the one capture there is; the operation that is left without it.</summary>
    public Task<Guid> LoseAuthorisationAsync() => Ledger.AskAsync<Guid>(
        """
        with gone as (
          delete from authorisation where id = (select authorisation_id from operation where kind = 1)
          returning id)
        select o.id from operation o join gone on gone.id = o.authorisation_id
        """);

    /// <summary>Sets the clock to the real one, and moves everything that there is to a month, whichever it was in.</summary>
    public async Task MoveAllToAsync(int month)
    {
        await Ledger.SetClockAsync(DateTimeOffset.UtcNow);
        await Ledger.ExecuteAsync(
            """
            update authorisation set credit_month = @month, invoice_month = @month;
            update operation set credit_month = @month, invoice_month = @month;
            update open_hold set credit_month = @month;
            update credit_account set month = @month where month <> 0
            """,
            new { month });
    }

    /// <summary>A December in which everything happens that can: the ids of what it leaves open.</summary>
    public async Task<BusyMonth> BusyDecemberAsync()
    {
        var cards = new List<Instrument>();
        for (var i = 0; i < 8; i++)
        {
            cards.Add(await Operator.AddCardAsync(100_000));
        }

        var app = await Operator.AddAppAsync();
        foreach (var card in cards.Take(6))
        {
            await BuyAsync(card);
            await BuyAsync(card, 2_345);
        }

        await BuyAsync(app, 7_777);
        await BuyAsync(Operator.UnknownCard());
        await OperateAsync(OperationKind.Void, (await BuyAsync(cards[0], 500)).Entry!.Purchase.Id);
        await OperateAsync(OperationKind.Refund, (await BuyAsync(cards[1], 900)).Entry!.Purchase.Id, 400);
        await OperateAsync(OperationKind.Capture, (await BuyAsync(cards[2], 3_000, hold: true)).Entry!.Purchase.Id, 1_100);
        await OperateAsync(OperationKind.Void, Guid.NewGuid());
        await Node.AdviseAsync(Operator.Advise(Operator.Buy(cards[3], 150_000), December.AddDays(-3)), Operator.Terms);
        await Node.AdviseAsync(Operator.Advise(Operator.Buy(Operator.UnknownCard(), 4_200), December.AddDays(-2)), Operator.Terms);
        var declined = await BuyAsync(cards[4], 900_000);
        Assert.Equal(Decision.Declined, declined.Entry!.Decision);
        await Ledger.StopClockAsync(NewYear.AddMinutes(-10));
        return new BusyMonth(
            cards, app, (await BuyAsync(cards[5], 6_000, hold: true)).Entry!.Purchase.Id,
            (await BuyAsync(app, 5_000)).Entry!.Purchase.Id);
    }

    /// <summary>The run that closed, or closes, a month.</summary>
    public async Task<MonthEndRun> MonthEndOfAsync(int month)
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        return await MonthEndRun.ClosingAsync(db, Operator.Terms.Id, CreditMonth.FromNumber(month))
            ?? throw new InvalidOperationException($"Nothing closes {month}.");
    }

    /// <summary>How the run of a month stands, and when it closed it.</summary>
    public async Task<(MonthEndState State, DateTime? ClosedAt)> StateOfAsync(int month)
    {
        var run = await MonthEndOfAsync(month);
        return (run.State, run.ClosedAt);
    }

    public async Task<IReadOnlyList<MonthEndRun>> MonthEndsAsync()
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        return await MonthEndRun.ListAsync(db, [Operator.Terms.Id], Guid.Empty, 100);
    }

    public async Task<VerificationResult> VerifyAsync(int month)
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        return await Verification.CheckAsync(db, await MonthEndOfAsync(month), CancellationToken.None);
    }

    public async Task<IReadOnlyList<Finding>> FindingsAsync()
    {
        var found = new List<Finding>();
        foreach (var run in await MonthEndsAsync())
        {
            await using var db = await Ledger.Owner.OpenConnectionAsync();
            found.AddRange(await Finding.OfAsync(db, run.Id));
        }

        return found;
    }

    /// <summary>All that the closings wrote, as one text to compare.</summary>
    public Task<string> ClosedAsync() => Ledger.AskAsync<string>(ClosedRows);

    /// <summary>
    /// Adds a closed month up from the ledger's rows, in plain SQL, and holds the statements and their parts against it.
    /// </summary>
    public async Task AssertStatementsAddUpAsync(int month)
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        var wrong = (await db.QueryAsync<string>(
            """
            with ledger as (
              select account_id, sum(invoiced) as invoiced, sum(invoiced) filter (where credit_month <> @month) as late,
                     sum(held) filter (where credit_month = @month) as held
              from (
                select account_id, credit_month, case when hold then 0 else amount_minor end as invoiced,
                       case when hold then amount_minor else 0 end as held
                from authorisation
                where operator_id = @Id and invoice_month = @month and decision = 1 and account_id is not null
                union all
                select account_id, credit_month, invoiced_minor, held_minor
                from operation where operator_id = @Id and invoice_month = @month and account_id is not null
              ) r group by account_id
            ), parts as (
              select account_id, sum(invoiced_minor) as invoiced, sum(late_minor) as late, sum(purchases) as purchases
              from billing.statement_part where operator_id = @Id and month = @month group by account_id
            ), written as (
              select account_id, s.invoiced_minor, s.late_minor, s.held_minor, s.purchases,
                     coalesce(p.invoiced, 0) as invoiced, coalesce(p.late, 0) as late, coalesce(p.purchases, 0) as counted
              from billing.statement s left join parts p using (account_id)
              where s.operator_id = @Id and s.month = @month
            )
            select format('%s: ledger %s/%s/%s, statement %s, parts %s/%s/%s', account_id, l.invoiced, l.late, l.held,
                          (w.invoiced_minor, w.late_minor, w.held_minor, w.purchases), w.invoiced, w.late, w.counted)
            from ledger l full join written w using (account_id)
            where (coalesce(l.invoiced, 0), coalesce(l.late, 0), coalesce(l.held, 0), w.invoiced, w.late, w.counted)
              is distinct from (w.invoiced_minor, w.late_minor, w.held_minor, w.invoiced_minor, w.late_minor, w.purchases)
            """,
            new { Operator.Terms.Id, month })).ToList();
        Assert.Empty(wrong);
        Assert.Equal(
            await db.ExecuteScalarAsync<long>(
                """
                select (select count(*) from authorisation where operator_id = @Id and invoice_month = @month)
                     + (select count(*) from operation where operator_id = @Id and invoice_month = @month)
                     + (select count(*) from billing.charge where operator_id = @Id and invoice_month = @month)
                """,
                new { Operator.Terms.Id, month }),
            (await MonthEndOfAsync(month)).SealedRows);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        foreach (var database in _databases)
        {
            await database.DisposeAsync();
        }

        await Ledger.DisposeAsync();
    }
}

/// <summary>What a busy month left: its cards, an app, a hold that is open and a purchase in the app.</summary>
internal sealed record BusyMonth(IReadOnlyList<Instrument> Cards, Instrument App, Guid OpenHold, Guid Sold);
