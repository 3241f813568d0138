using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Operations;

/// <summary>
/// The way of operations and advices into the ledger: finds out which account an authorisation is on, and sends the
/// command to that account's lane, where it is decided among the account's purchases.
/// </summary>
/// <remarks>
/// Safe for any number of callers: its only state is the turns of the lookups, which are safe. What is read here only
/// chooses the account and the month to lock. Both are compared with what the batch finds under the lock; when they
/// have changed, nothing is decided and the lookup is repeated. A caller waits for its lookup without a connection, in
/// a line that operators and clients share.
/// </remarks>
public sealed class OperationQueue(LedgerReader reader, CommitQueue queue)
{
    private const int LooksMax = 5;

    private readonly FairTurns _looks = new(
        Limits.OperationLooksAtOnceMax, Limits.CommitQueueItemsMax, Limits.MonthEndWaitMax);

    /// <summary>
    /// Decides an operation and commits what was decided; answers only when that is done, or cannot be.
    /// </summary>
    /// <param name="operation">What is asked; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="cancellationToken">Ends the waiting; what has been begun is committed all the same.</param>
    public Task<CommitResult> OperateAsync(Operation operation, Operator terms, CancellationToken cancellationToken) =>
        LookAndCommitAsync(operation, terms, reading => ValueTask.FromResult(reading.History switch
        {
            null when operation.Kind != OperationKind.Void => null,
            null => new CommitItem(operation, terms, new AccountKey(Instrument.None(terms.Id))),
            var history => new CommitItem(operation, terms, KeyOf(history), history.CreditMonth),
        }), cancellationToken);

    /// <summary>Records what a device sold out of reach; answers only when that is done, or cannot be.</summary>
    /// <param name="advice">What was sold; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="cancellationToken">Ends the waiting; what has been begun is committed all the same.</param>
    public Task<CommitResult> AdviseAsync(Advice advice, Operator terms, CancellationToken cancellationToken) =>
        LookAndCommitAsync(advice, terms, async reading =>
        {
            if (reading.History is { RecordedState: not AuthorisationState.Declined } history)
            {
                return new CommitItem(advice, terms, KeyOf(history), history.CreditMonth);
            }

            var card = advice.Purchase.Instrument;
            var holder = await reader.FindHolderAsync(card, advice.Purchase.OccurredAt!.Value, cancellationToken);
            var key = holder is null ? new AccountKey(Instrument.None(terms.Id)) : new AccountKey(card, holder);
            return new CommitItem(advice, terms, key, advice.MonthAt(reading.Now, terms.TimeZone));
        }, cancellationToken);

    /// <summary>Puts an advice of an unknown card on an account.</summary>
    /// <param name="match">The operation, of kind <see cref="OperationKind.Match"/>.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="terms">The terms of the operator.</param>
    /// <param name="cancellationToken">Ends the waiting; what has been begun is committed all the same.</param>
    public Task<CommitResult> MatchAsync(
        Operation match, Guid accountId, Operator terms, CancellationToken cancellationToken) =>
        LookAndCommitAsync(match, terms, reading => ValueTask.FromResult(reading.History is { } history
            ? new CommitItem(match, terms, new AccountKey(Instrument.App(terms.Id, accountId), accountId), history.CreditMonth)
            : null), cancellationToken);

    private static AccountKey KeyOf(AuthorisationHistory history)
    {
        var instrument = history.Entry.Purchase.Instrument;
        return history.AccountId is { } id
            ? new AccountKey(instrument, id)
            : new AccountKey(Instrument.None(instrument.OperatorId));
    }

    private async Task<CommitResult> LookAndCommitAsync(
        ICommand command,
        Operator terms,
        Func<AuthorisationReading, ValueTask<CommitItem?>> toItem,
        CancellationToken cancellationToken)
    {
        var who = new Sharer(terms.Id, command.Originator);
        try
        {
            for (var look = 0; look < LooksMax; look++)
            {
                var (full, found) = await _looks.RunAsync(
                    who, () => LookAsync(command.AuthorisationId, toItem, cancellationToken), cancellationToken);
                if (full != Full.No)
                {
                    return new CommitResult(CommitStatus.QueueFull) { Full = full };
                }

                if (found is not (Item: { } item, var history))
                {
                    return new CommitResult(CommitStatus.NotFound);
                }

                if (history is not null && history.Entry.Purchase.Instrument.OperatorId != terms.Id)
                {
                    return new CommitResult(MeansItsOwn(item.Command) ? CommitStatus.TakenByAnother : CommitStatus.NotFound);
                }

                if (await queue.CommitAsync(item, cancellationToken) is { Status: not CommitStatus.CheckTimeouts } result)
                {
                    return result;
                }
            }

            return new CommitResult(CommitStatus.AccountLocked);
        }
        catch (LedgerUnreachableException)
        {
            return new CommitResult(CommitStatus.LedgerUnreachable);
        }
        catch (LedgerBusyException)
        {
            return new CommitResult(CommitStatus.LedgerBusy);
        }
    }

    private async Task<(CommitItem? Item, AuthorisationHistory? History)> LookAsync(
        Guid authorisationId,
        Func<AuthorisationReading, ValueTask<CommitItem?>> toItem,
        CancellationToken cancellationToken)
    {
        var reading = await reader.FindAuthorisationAsync(authorisationId, cancellationToken);
        return (await toItem(reading), reading.History);
    }

    /// <summary>
    /// Whether the caller claims the id as its own; the answer does not reveal that any other id exists.
    /// </summary>
    private static bool MeansItsOwn(ICommand command) => command is Advice or Operation { Kind: OperationKind.Void };
}
