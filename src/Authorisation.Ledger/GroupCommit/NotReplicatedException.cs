namespace Authorisation.Ledger.GroupCommit;

/// <summary>A commit is on the primary's disk, but Postgres gave up waiting for the standby that was asked for.</summary>
internal sealed class NotReplicatedException : Exception
{
    public NotReplicatedException()
        : base("The commit is not known to have reached the synchronous standby.")
    {
    }
}
