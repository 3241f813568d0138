using Authorisation.Core;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// One purchase on its way through the queue. Safe to share: its caller only waits and abandons, whoever took it from
/// the queue alone completes it, and completing twice has no effect.
/// </summary>
internal sealed class CommitItem(Purchase purchase, Operator terms, ICommitReceiver? receiver = null)
{
    // Without a receiver, which needs none.
    private readonly TaskCompletionSource<CommitResult>? _completion = receiver is null ? new() : null;

    public Purchase Purchase { get; } = purchase;

    public Operator Terms { get; } = terms;

    /// <summary>The result; not for an item with a receiver, which is told instead.</summary>
    public Task<CommitResult> Result => _completion!.Task;

    /// <summary>When it was set aside, by the time provider's timestamp; 0 when it never was.</summary>
    public long SetAsideAt { get; set; }

    /// <summary>True when nobody waits any more; what has not been begun then need not be.</summary>
    public bool IsAbandoned => receiver?.IsAbandoned ?? _completion!.Task.IsCompleted;

    public void Abandon(CancellationToken cancellationToken) => _completion!.TrySetCanceled(cancellationToken);

    /// <summary>Answers. What the caller does with the answer runs before this returns, so never call it on a lane.</summary>
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
