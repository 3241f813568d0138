using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Credits;

/// <summary>Sends a traveller a new one-time code by SMS, which ends the code before it.</summary>
internal sealed class SendActivationCode(ActivationCodes codes)
{
    /// <returns>Until when the code can be used.</returns>
    /// <exception cref="RefusedException">
    /// The credit cannot be seen or changed, is no app's, or too many were sent.
    /// </exception>
    public async Task<DateTime> RunAsync(UnitOfWork work, Guid accountId)
    {
        var (row, scope) = await AccountRow.LockForChangeAsync(work, accountId);
        scope.Require(AdministratorRights.Credits);
        if (row.Kind != InstrumentKind.App)
        {
            throw new RefusedException(ProblemCode.NotAnApp, "Only app credit has codes.");
        }

        if (row.Mobile is null)
        {
            throw new RefusedException(ProblemCode.NoMobile, "The credit has no mobile number to send a code to.");
        }

        var expiresAt = await codes.SendAsync(work.Db, await OperatorTerms.GetAsync(work.Db, row.OperatorId), accountId);
        await work.AuditAsync(
            "activation_code.sent", "credit_account:" + accountId, row.OperatorId, row.OrganisationId, row.DepartmentId);
        return expiresAt;
    }
}
