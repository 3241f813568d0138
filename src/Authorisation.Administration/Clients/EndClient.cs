using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Clients;

/// <summary>Ends a client for good: every server refuses its token within a second.</summary>
internal sealed class EndClient
{
    /// <exception cref="RefusedException">The client cannot be seen.</exception>
    public async Task RunAsync(UnitOfWork work, long id)
    {
        var row = await ClientRow.GetVisibleAsync(work, id);
        await work.Db.ExecuteAsync(
            "update access_token set ended_at = ledger_now() where client_id = @id and ended_at is null", new { id });
        await work.AuditAsync("client.ended", "client:" + id, row.OperatorId, before: row.Audited());
    }
}
