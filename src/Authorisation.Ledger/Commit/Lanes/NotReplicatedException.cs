namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>A synchronous standby was asked for, and what would be answered is not known to have reached one.</summary>
internal sealed class NotReplicatedException(string message) : Exception(message)
{
    /// <summary>A commit is on the primary's disk, but Postgres gave up waiting for the standby.</summary>
    public static NotReplicatedException GaveUpWaiting() =>
        new("The commit is not known to have reached the synchronous standby.");

    /// <summary>Postgres is not configured to wait for one; nothing was decided.</summary>
    public static NotReplicatedException DoesNotWait() =>
        new("Commits do not wait for a synchronous standby (synchronous_standby_names, synchronous_commit).");
}
