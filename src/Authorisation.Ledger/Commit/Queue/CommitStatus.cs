namespace Authorisation.Ledger.Commit.Queue;

/// <summary>How the commit of one command ended.</summary>
public enum CommitStatus
{
    /// <summary>Decided and committed now.</summary>
    Decided,

    /// <summary>Decided before; this is that decision.</summary>
    Replayed,

    /// <summary>The id was used before with other fields.</summary>
    DiffersFromFirst,

    /// <summary>The id belongs to another client.</summary>
    TakenByAnother,

    /// <summary>There is no such authorisation, or it is not the caller's to see.</summary>
    NotFound,

    /// <summary>The caller may see the authorisation and not do this to it.</summary>
    NotAllowed,

    /// <summary>The authorisation's state does not allow it.</summary>
    Refused,

    /// <summary>
    /// The authorisation is now on another account, or in another month, than was asked for; nothing was decided.
    /// Within the ledger only: the caller looks it up again.
    /// </summary>
    CheckTimeouts,

    /// <summary>More waits than may, in all or of one client or operator; nothing was decided.</summary>
    QueueFull,

    /// <summary>
    /// Another session kept the account locked for too long. Not decided by this attempt; unknown if an earlier one
    /// lost its connection.
    /// </summary>
    AccountLocked,

    /// <summary>
    /// Postgres could not be reached, or the connection was lost and could not be made again: unknown.
    /// </summary>
    LedgerUnreachable,

    /// <summary>
    /// A standby is required and the decision is not known to be on one: commits do not wait for one, or Postgres gave
    /// up waiting, and the decision may be on this machine's disk alone.
    /// </summary>
    NotReplicated,

    /// <summary>Postgres refused the data of this purchase; nothing was decided.</summary>
    DataRefused,

    /// <summary>Something that should not happen did, and is in the log; unknown.</summary>
    Failed,

    /// <summary>
    /// Postgres answers, but it was too busy: a statement took too long, or there was no connection to be had. Not
    /// decided by this attempt; unknown if an earlier one lost its connection.
    /// </summary>
    LedgerBusy,
}
