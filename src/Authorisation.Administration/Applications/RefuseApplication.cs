using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Applications;

/// <summary>Refuses an application, and sends the applicant an e-mail.</summary>
internal sealed class RefuseApplication(Outbox outbox)
{
    /// <param name="work">The unit of work.</param>
    /// <param name="id">The application.</param>
    /// <param name="request">The reason that the applicant reads; null for none.</param>
    /// <returns>The application as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was decided on or changed by another, or the reason is too long.
    /// </exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var row = await ApplicationDecision.LockAsync(work, id, request);
        var fields = new Fields();
        var reason = fields.Optional("reason", request.Read(), Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var (subject, text) = MessageTexts.Refused(terms, row.OrganisationNumber, reason);
        // Refused all the same if that address has had too many e-mails: anybody can apply with it.
        await outbox.TryAddAsync(work.Db, new NewMessage(
            terms, MessageKind.ApplicationRefused, row.ContactEmail!, subject, text,
            ApplicationDecision.MessageLifetime));
        return await ApplicationDecision.ApplyAsync(work, row, OrganisationStatus.Refused, "organisation.refused");
    }
}
