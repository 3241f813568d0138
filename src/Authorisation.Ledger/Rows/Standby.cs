namespace Authorisation.Ledger.Rows;

/// <summary>What makes a commit wait until a synchronous standby has it.</summary>
internal static class Standby
{
    /// <summary>True when this session's commits wait for a standby.</summary>
    public const string CommitsWaitSql = """
        current_setting('synchronous_standby_names') <> ''
          and current_setting('synchronous_commit') in ('on', 'remote_apply', 'remote_write')
        """;

    /// <summary>
    /// Writes a record that means nothing, so that the commit of a transaction that only read waits for the standby
    /// too: when it is answered, the standby has everything that was committed before.
    /// </summary>
    public const string MarkSql = "select pg_logical_emit_message(true, 'authorisation', '')";
}
