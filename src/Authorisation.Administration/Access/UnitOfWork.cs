using System.Text.Json;
using Authorisation.Administration.Work;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// What an operation works in: the connection with its transaction, the principal, and the audit trail. Its owner
/// commits when the operation returned; an operation that throws leaves nothing.
/// </summary>
/// <remarks>Used by one task at a time.</remarks>
/// <param name="db">The connection, within the transaction.</param>
/// <param name="principal">The person at work; null for a caller without a session.</param>
/// <param name="address">From where the person calls, for the audit trail; null when it is not known.</param>
/// <param name="system">The ticket system at work, where no person is; null for people and commands.</param>
/// <param name="phone">Somebody with an order link and a telephone, where that is who calls.</param>
/// <param name="stop">Cancels the work when its caller no longer waits.</param>
internal sealed class UnitOfWork(
    NpgsqlConnection db, Principal? principal, string? address, TicketSystem? system = null, PhoneSession? phone = null,
    CancellationToken stop = default)
{
    /// <summary>The connection, within the transaction.</summary>
    public NpgsqlConnection Db => db;

    /// <summary>The person at work.</summary>
    /// <exception cref="RefusedException">
    /// <see cref="ProblemCode.NoSession"/>: the caller has no session; <see cref="ProblemCode.Forbidden"/>: it is a ticket
    /// system or somebody with an order link, and this is for people who have signed in.
    /// </exception>
    public Principal Principal => principal ?? throw (
        system is not null ? Problems.Forbidden("A ticket system may not do this.")
        : phone is not null ? Problems.Forbidden("This takes more than an order link and a telephone.")
        : Problems.NoSession());

    /// <summary>The person at work, if the caller has signed in.</summary>
    public Principal? PrincipalIfAny => principal;

    /// <summary>The operator's ticket system, if it is at work and no person.</summary>
    public TicketSystem? TicketSystemIfAny => system;

    /// <summary>Somebody with an order link and a telephone, if that is who calls.</summary>
    public PhoneSession? PhoneIfAny => phone;

    /// <summary>From where the person calls.</summary>
    public string? Address => address;

    /// <summary>Cancels the work when its caller no longer waits.</summary>
    public CancellationToken Stop => stop;

    /// <summary>
    /// Whether changes are refused until terms are accepted: of a person who calls. Work that was begun before, such as
    /// an import, goes on.
    /// </summary>
    public bool AsksForTerms { get; init; }

    /// <summary>
    /// Adds a line about the principal's change to the audit trail, in the same transaction. Every change of an
    /// organisation's has such a line, so here is where it is refused while terms are not accepted.
    /// </summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.TermsNotAccepted"/>; nothing stays.</exception>
    public async Task AuditAsync(
        string action,
        string subject,
        int operatorId,
        Guid? organisationId = null,
        Guid? departmentId = null,
        object? before = null,
        object? after = null)
    {
        await RequireTermsAsync(operatorId, organisationId);
        await AuditAsync(
            principal?.PersonId, principal?.Email ?? "", action, subject, operatorId, organisationId, departmentId, before, after);
    }

    /// <summary>
    /// As the other one, for a person who has not signed in, such as one who accepts an invitation, and for what is done
    /// also before terms are accepted.
    /// </summary>
    public Task AuditAsync(
        Guid? personId,
        string email,
        string action,
        string subject,
        int operatorId,
        Guid? organisationId,
        Guid? departmentId = null,
        object? before = null,
        object? after = null) => Audit.AddAsync(
            db,
            new AuditLine(
                action, subject, operatorId, organisationId, departmentId, personId, email, system?.ClientId, address,
                Text(before), Text(after)));

    private async Task RequireTermsAsync(int operatorId, Guid? organisationId)
    {
        if (!AsksForTerms || principal is null || organisationId is not { } id)
        {
            return;
        }

        if (await MissingTerms.OfAsync(db, operatorId, id, principal.At(operatorId, id)) is { Count: > 0 } missing)
        {
            throw new RefusedException(
                ProblemCode.TermsNotAccepted,
                "Terms are in force that have not been accepted: read and accept them first. Nothing was changed.")
            {
                Terms = missing,
            };
        }
    }

    private static string? Text(object? state) =>
        state is null ? null : JsonSerializer.Serialize(state, state.GetType(), ApiJson.Options);
}
