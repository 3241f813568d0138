using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Requests;

/// <summary>Refuses a request of a traveller with a reason, and sends the traveller a message.</summary>
internal sealed class RefuseRequest(RequestNews news)
{
    /// <param name="work">The principal's.</param>
    /// <param name="id">The request.</param>
    /// <param name="request">The reason, at most 200 characters; the traveller reads it.</param>
    /// <returns>The request as it is now.</returns>
    /// <exception cref="RefusedException">It cannot be seen or decided on, has been decided, or the reason is missing.</exception>
    public async Task<TravellerRequest> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var row = await TravellerRequest.LockToDecideAsync(work, id);
        var fields = new Fields();
        var reason = fields.Required("reason", request.Read(), Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        var after = await row.DecideAsync(work, RequestState.Refused, reason);
        await news.DecidedAsync(work.Db, await OperatorTerms.GetAsync(work.Db, row.OperatorId), after);
        return after;
    }
}
