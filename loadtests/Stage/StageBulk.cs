using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>One organisation that all accounts belong to, and what is changed of it.</summary>
internal static class StageBulk
{
    // As if all had always been there: no trigger is to take it for a change.
    private const string Gather = """
        set session_replication_role = replica;
        create table gathered as
        select g.id, g.name, d.id as department_id, d.name as department_name
        from organisation g join department d on d.organisation_id = g.id order by g.id limit 1;
        update traveller set organisation_id = o.id from gathered o;
        update billing_snapshot
        set organisation_id = o.id, organisation_name = o.name, department_id = o.department_id, department_name = o.department_name
        from gathered o;
        vacuum (analyze)
        """;

    private const string Forget = "truncate table organisation_change, card_change, card_state";

    /// <summary>Makes a change of the organisation, in one transaction as the control plane does.</summary>
    public static async Task<StageReply> ChangeAsync(string owner, string change)
    {
        await using var connection = new NpgsqlConnection(owner + ";Command Timeout=300");
        if (change == "gather")
        {
            // Each by itself: a table is not vacuumed within a transaction.
            foreach (var statement in Gather.Split(';'))
            {
                await connection.ExecuteAsync(statement);
            }

            await connection.ExecuteAsync("reset session_replication_role");
            return new StageReply();
        }

        await connection.ExecuteAsync(change == "forget"
            ? Forget
            : $"update organisation set {Assignment(change)} where id = (select id from gathered)");
        return new StageReply();
    }

    private static string Assignment(string change) => change switch
    {
        "rename" => "name = 'Kommunen ' || version",
        "suspend" => "suspended_at = ledger_now()",
        "reinstate" => "suspended_at = null",
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, null),
    };
}
