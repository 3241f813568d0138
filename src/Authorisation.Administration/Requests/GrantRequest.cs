using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Requests;

/// <summary>
/// Grants a request of a traveller: does what was asked for by the operation that does it otherwise, with all its rules,
/// and sends the traveller a message. Both, or neither.
/// </summary>
internal sealed class GrantRequest(
    ChangeCredit changeCredit, SendActivationCode sendCode, ChangeTraveller changeTraveller, RequestNews news)
{
    /// <returns>The request as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, has been decided, or what was asked for is refused: of the field that asks for it.
    /// </exception>
    public async Task<TravellerRequest> RunAsync(UnitOfWork work, Guid id)
    {
        var row = await TravellerRequest.LockToDecideAsync(work, id);
        if (row.AccountId is { } accountId && await AccountRow.FindAsync(work.Db, accountId) is null)
        {
            throw new RefusedException(
                ProblemCode.CreditRevoked, "The credit that it is about was revoked: refuse the request, or grant a new credit.");
        }

        switch (row.KindValue)
        {
            case RequestKind.MoreCredit:
                await changeCredit.RunAsync(work, row.AccountId!.Value, new CreditChange(LimitMinor: row.LimitMinor));
                break;
            case RequestKind.NewCode:
                await sendCode.RunAsync(work, row.AccountId!.Value);
                break;
            default:
                await changeTraveller.RunAsync(work, row.TravellerId, new ChangeTravellerRequest(Mobile: row.Mobile));
                break;
        }

        var after = await row.DecideAsync(work, RequestState.Granted, reason: null);
        await news.DecidedAsync(work.Db, await OperatorTerms.GetAsync(work.Db, row.OperatorId), after);
        return after;
    }
}
