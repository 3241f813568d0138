using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>
/// What has been decided so far in a batch whose accounts are locked: the answers, and what is to be written. Used by
/// one lane at a time.
/// </summary>
internal sealed class DecidedBatch(Batch batch, UnderLockStatements statements)
{
    /// <summary>The answers, in the order of the commands.</summary>
    public List<(CommitItem Item, CommitResult Result)> Answers { get; } = new(batch.Items.Count);

    /// <summary>The entries to write.</summary>
    public List<AuthorisationEntry> Entries { get; } = new(batch.Items.Count);

    /// <summary>The operations to write.</summary>
    public List<(OperationEntry Operation, int OperatorId)> Operations { get; } = [];

    /// <summary>Whether there is anything to write.</summary>
    public bool HasWrites =>
        Entries.Count > 0 || Operations.Count > 0 || batch.Accounts.Exists(static account => account.IsChanged);

    /// <summary>
    /// Expires the holds of the batch's accounts that have lapsed and count in this month, so that the next purchase
    /// can use their credit. Those of other months do not affect this month's credit.
    /// </summary>
    public async Task ExpireLapsedAsync()
    {
        Dictionary<Guid, (AccountInBatch Account, Operator Terms)>? due = null;
        foreach (var item in batch.Items)
        {
            var account = batch.AccountOf(item);
            if (account is { IsLocked: true, Row: { Balance: { NextHoldExpiry: { } lapse } balance } row }
                && lapse <= batch.Now && balance.Month == batch.MonthAt(item.Terms)
                && batch.IsOpen(item.Terms.Id, batch.InvoiceMonthOf(item.Terms, balance.Month)) == true)
            {
                (due ??= [])[row.Id] = (account, item.Terms);
            }
        }

        if (due is null)
        {
            return;
        }

        var most = Math.Max(1, Limits.LapsedHoldsPerBatchMax / due.Count);
        var (lapsed, nextLapses) = await statements.LapsedOfAsync(
            [.. due.Values.Select(one => one.Account.Row!)], batch.Now, most);
        var counts = new Dictionary<Guid, int>();
        foreach (var entry in lapsed)
        {
            var id = entry.AccountId!.Value;
            var (account, terms) = due[id];
            counts[id] = counts.GetValueOrDefault(id) + 1;
            Expire(new AuthorisationHistory(entry), account, terms);
        }

        foreach (var (id, (account, _)) in due)
        {
            account.SetNextLapse(
                nextLapses.TryGetValue(id, out var next) ? next : null, hasMore: counts.GetValueOrDefault(id) == most);
        }
    }

    /// <summary>Decides a command; <see langword="false"/> when it must be set aside.</summary>
    public async Task<bool> TryDecideAsync(CommitItem item)
    {
        var account = batch.AccountOf(item);
        var history = batch.HistoryOf(item.Command.AuthorisationId);
        var month = batch.MonthAt(item.Terms);
        if (!account.IsLocked || account.HasMoreLapsed)
        {
            return false;
        }

        var operation = batch.OperationOf(item.Command);
        if (!IsAskedRight(item, history) || IsHalfSeen(operation, item, history))
        {
            Answers.Add((item, new CommitResult(CommitStatus.CheckTimeouts)));
            return true;
        }

        // A purchase counts in this month; an operation on it counts in the month of its authorisation. It is on that
        // month's invoice, or on the first open one: even the current month may be closed, when the clock was set back.
        var decidedOn = item.Command is Purchase
            ? month
            : Decide.MonthOf(item.Command, history, item.Terms.TimeZone, batch.Now) ?? history?.CreditMonth ?? month;
        var isOpen = batch.IsOpen(item.Terms.Id, batch.InvoiceMonthOf(item.Terms, decidedOn));
        if (isOpen is not true)
        {
            if (item.Command is Purchase || isOpen is false)
            {
                return false;
            }

            Answers.Add((item, new CommitResult(CommitStatus.CheckTimeouts)));
            return true;
        }

        await KnowAsync(account, month);
        await KnowAsync(account, decidedOn);

        // Only what is of an older month is left here: what is of this one has been expired before.
        if (item.Command is not (Purchase or Operation { Kind: OperationKind.Expiry })
            && history is not null && history.IsLapsedAt(batch.Now))
        {
            await KnowAsync(account, history.CreditMonth);
            history = Expire(history, account, item.Terms);
        }

        var outcome = Decide.On(item.Command, new KnownState
        {
            History = history,
            Operation = operation,
            Account = account.In(decidedOn),
            Terms = item.Terms,
            FirstOpenMonth = batch.FirstOpenMonthOf(item.Terms.Id),
            Now = batch.Now,
        });
        outcome = await SpendBudgetsAsync(item.Command, outcome, account, decidedOn);
        Take(outcome, account, item.Terms);

        // Recorded now, so that it does not include what later commands of the batch spend.
        Answers.Add((item, ResultOf(outcome, account.CreditIn(month, batch.Now, item.Terms.TimeZone))));
        return true;
    }

    /// <summary>Whether a command was sent to the account that its authorisation is on.</summary>
    private static bool IsAskedRight(CommitItem item, AuthorisationHistory? history) => item.Command switch
    {
        Operation { Kind: not OperationKind.Match } => history?.AccountId == item.Key.AccountId,
        Advice when history is not null && history.RecordedState != AuthorisationState.Declined =>
            history.AccountId == item.Key.AccountId,
        _ => true,
    };

    /// <summary>
    /// Whether a tombstone was committed while this batch was loaded: its entry is read before its operation, and no
    /// account is locked that both batches would have to wait for. A second look finds it complete.
    /// </summary>
    private static bool IsHalfSeen(OperationEntry? operation, CommitItem item, AuthorisationHistory? history) =>
        history is null && operation?.Request.AuthorisationId == item.Command.AuthorisationId;

    /// <summary>
    /// Spends what is bought of its budgets; a purchase that one of them refuses is declined, an advice never. What
    /// operations change is counted where they are written.
    /// </summary>
    private async Task<Outcome> SpendBudgetsAsync(ICommand command, Outcome outcome, AccountInBatch account, CreditMonth month)
    {
        if (!account.HasBudgets || outcome is not { Kind: OutcomeKind.Decided, Entry: { Decision: Decision.Approved } entry })
        {
            return outcome;
        }

        var refuses = await statements.SpendBudgetsAsync(entry, mustFit: command is Purchase);
        return refuses == RuleOwner.None ? outcome : Decide.OverBudget(outcome, account.In(month)!, refuses);
    }

    private async Task KnowAsync(AccountInBatch account, CreditMonth month)
    {
        if (!account.Knows(month))
        {
            account.AddOlderMonth(await statements.BalanceOfAsync(account.Row!.Id, month));
        }
    }

    private AuthorisationHistory Expire(AuthorisationHistory history, AccountInBatch account, Operator terms)
    {
        var expiry = new Operation
        {
            Id = Guid.CreateVersion7(batch.Now),
            AuthorisationId = history.Entry.Purchase.Id,
            Kind = OperationKind.Expiry,
            By = Actor.Service,
        };
        var outcome = Decide.On(expiry, new KnownState
        {
            History = history,
            Terms = terms,
            FirstOpenMonth = batch.FirstOpenMonthOf(terms.Id),
            Now = batch.Now,
        });
        Take(outcome, account, terms);
        return outcome.History ?? history;
    }

    private void Take(Outcome outcome, AccountInBatch account, Operator terms)
    {
        if (outcome.Kind != OutcomeKind.Decided)
        {
            return;
        }

        account.Apply(outcome, batch.Now, terms.TimeZone);
        batch.Add(outcome);
        if (outcome.Entry is { } entry)
        {
            Entries.Add(entry);
        }

        if (outcome.Operation is { } operation)
        {
            Operations.Add((operation, terms.Id));
        }
    }

    private static CommitResult ResultOf(Outcome outcome, Credit? credit) => new(StatusOf(outcome.Kind))
    {
        Entry = outcome.Entry,
        Operation = outcome.Operation,
        History = outcome.History,
        Refusal = outcome.Refusal,
        Differences = outcome.Differences,
        Credit = credit,
    };

    private static CommitStatus StatusOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Decided => CommitStatus.Decided,
        OutcomeKind.Replayed => CommitStatus.Replayed,
        OutcomeKind.DiffersFromFirst => CommitStatus.DiffersFromFirst,
        OutcomeKind.TakenByAnother => CommitStatus.TakenByAnother,
        OutcomeKind.NotFound => CommitStatus.NotFound,
        OutcomeKind.NotAllowed => CommitStatus.NotAllowed,
        OutcomeKind.Refused => CommitStatus.Refused,
        _ => throw new InvalidOperationException($"{kind} is not an outcome."),
    };
}
