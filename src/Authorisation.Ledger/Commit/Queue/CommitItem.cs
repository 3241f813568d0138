using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Shares;
using Authorisation.Ledger.Telemetry;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// One command on its way through the queue. Safe to share: its caller only waits or abandons it, only the task that
/// took it from the queue completes it, and completing it twice has no effect.
/// </summary>
/// <param name="command">What is asked.</param>
/// <param name="terms">The terms of the operator.</param>
/// <param name="key">The account concerned.</param>
/// <param name="month">A month that it belongs to, besides the one that it is; the default for none.</param>
/// <param name="receiver">Receives the result; <see langword="null"/> for a caller that awaits it.</param>
internal sealed class CommitItem(
    ICommand command, Operator terms, AccountKey key, CreditMonth month = default, ICommitReceiver? receiver = null)
{
    // Without a receiver, which needs none.
    private readonly TaskCompletionSource<CommitResult>? _completion = receiver is null ? new() : null;

    public CommitItem(Purchase purchase, Operator terms, ICommitReceiver? receiver = null)
        : this(purchase, terms, new AccountKey(purchase.Instrument), month: default, receiver)
    {
    }

    public ICommand Command { get; } = command;

    /// <summary>The command, if it is a purchase that a copy of its account may be enough to decide.</summary>
    public Purchase? Purchase => Command as Purchase;

    public Operator Terms { get; } = terms;

    /// <summary>Whether its transaction is rolled back.</summary>
    public bool IsRehearsal => Rehearsal.Is(Terms);

    public AccountKey Key { get; } = key;

    public CreditMonth Month { get; } = month;

    /// <summary>What its commands keep their order by.</summary>
    public Instrument Instrument => Key.Instrument;

    /// <summary>Whose share of the queue it takes.</summary>
    public Sharer Sharer => new(Terms.Id, Command.Originator);

    /// <summary>The result; not for an item with a receiver, which gets it instead.</summary>
    public Task<CommitResult> Result => _completion!.Task;

    /// <summary>When it was made, as a <see cref="Stopwatch.GetTimestamp"/> value.</summary>
    public long AddedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>The span of what it is part of; null when that is not recorded.</summary>
    public Activity? Trace { get; } = receiver is null ? LedgerTraces.Current : receiver.Trace;

    /// <summary>When it was set aside, by the time provider's timestamp; 0 when it never was.</summary>
    public long SetAsideAt { get; set; }

    /// <summary>Whether it is set aside now. Only <see cref="SetAside"/> uses it.</summary>
    public bool IsSetAside { get; set; }

    /// <summary>Whether it was decided by snapshot already, in vain: the copy of its account was old.</summary>
    public bool WasOnOldCopy { get; set; }

    /// <summary>True when no caller waits any more; work that has not begun can then be skipped.</summary>
    public bool IsAbandoned => receiver?.IsAbandoned ?? _completion!.Task.IsCompleted;

    public void Abandon(CancellationToken cancellationToken) => _completion!.TrySetCanceled(cancellationToken);

    /// <summary>
    /// Answers. What the caller does with the answer runs before this returns, so never call it on a lane.
    /// </summary>
    public void Complete(CommitResult result)
    {
        if (receiver is null)
        {
            _completion!.TrySetResult(result);
        }
        else
        {
            receiver.Receive(result);
        }
    }

    /// <summary>Answers on the thread pool.</summary>
    public void CompleteLater(CommitResult result) => ThreadPool.UnsafeQueueUserWorkItem(
        static answer => answer.Item.Complete(answer.Result), (Item: this, Result: result), preferLocal: false);
}
