using System.Text.Json;
using Authorisation.Admin.Http;
using Npgsql;

namespace Authorisation.Admin.Access;

/// <summary>Somebody's change: the transaction that it is made in, and who makes it, for the audit trail.</summary>
internal sealed record Change(NpgsqlConnection Db, Guid? PersonId, string Email, string? Address)
{
    /// <summary>Adds to the audit trail, in the same transaction.</summary>
    public Task AuditAsync(
        string action,
        string subject,
        int operatorId,
        Guid? organisationId = null,
        Guid? departmentId = null,
        object? before = null,
        object? after = null) => Audit.AddAsync(
            Db,
            new AuditLine(
                action, subject, operatorId, organisationId, departmentId, PersonId, Email, Address, Text(before), Text(after)));

    private static string? Text(object? state) =>
        state is null ? null : JsonSerializer.Serialize(state, state.GetType(), ApiJson.Options);
}
