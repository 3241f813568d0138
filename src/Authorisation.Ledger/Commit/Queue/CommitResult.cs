using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>What the ledger answers to one command.</summary>
public sealed record CommitResult(CommitStatus Status)
{
    /// <summary>
    /// The decision on a purchase; set when <see cref="CommitStatus.Decided"/> or <see cref="CommitStatus.Replayed"/>.
    /// </summary>
    public AuthorisationEntry? Entry { get; init; }

    /// <summary>For an operation and an advice, what was recorded, now or the first time.</summary>
    public OperationEntry? Operation { get; init; }

    /// <summary>For an operation and an advice, the authorisation as it is after this.</summary>
    public AuthorisationHistory? History { get; init; }

    /// <summary>Why the authorisation's state does not allow it; set when <see cref="CommitStatus.Refused"/>.</summary>
    public Refusal Refusal { get; init; }

    /// <summary>
    /// The account's credit after this, in the month that it is, or now for a replay; <see langword="null"/> when there
    /// is no account.
    /// </summary>
    public Credit? Credit { get; init; }

    /// <summary>
    /// The account after this batch, for the cache; <see langword="null"/> when there is nothing to keep.
    /// </summary>
    public AccountSnapshot? Snapshot { get; init; }

    /// <summary>The contract's names of the fields that differ from the first use of the id.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>Whose share is full; set when <see cref="CommitStatus.QueueFull"/>.</summary>
    public Full Full { get; init; }

    /// <summary>Whether the same request, sent again as it is, can get another answer.</summary>
    public bool IsRetryable => Status switch
    {
        CommitStatus.Decided or CommitStatus.Replayed => false,
        CommitStatus.DiffersFromFirst or CommitStatus.TakenByAnother or CommitStatus.DataRefused => false,
        CommitStatus.NotFound or CommitStatus.NotAllowed or CommitStatus.Refused => false,
        CommitStatus.QueueFull or CommitStatus.AccountLocked or CommitStatus.LedgerUnreachable => true,
        CommitStatus.LedgerBusy or CommitStatus.NotReplicated or CommitStatus.Failed or CommitStatus.CheckTimeouts => true,
        _ => throw new InvalidOperationException($"{Status} is not a status."),
    };
}
