using Authorisation.Administration.Access;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Authorisation.Ledger.Activation;
using Npgsql;

namespace Authorisation.Admin.Web;

/// <summary>
/// Wraps every call but signing in: identifies the caller, opens its transaction, answers a repeated POST with what the
/// first one got, and commits before anything is sent.
/// </summary>
internal sealed class CallFilter(ControlDatabase database, CodeKeys keys, WorkSignal signal) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isOpen = http.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(context, next, isOpen);
            }
            catch (PostgresException e) when (
                e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
                && attempt < Limits.AdministrationAttemptsMax)
            {
                // Postgres chose this one of two that waited for each other; the other is through now.
            }
        }
    }

    private async Task<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, bool isOpen)
    {
        var http = context.HttpContext;
        var call = http.RequestServices.GetRequiredService<Call>();
        await using var db = await database.OpenAsync(http.RequestAborted);
        await using var transaction = await db.BeginTransactionAsync(http.RequestAborted);
        await BeginAsync(call, http, db, isOpen);
        var key = Idempotency.KeyOf(http, call, keys);
        if (key is not null && await key.FindAsync(db) is { } before)
        {
            return before.IsStillRightful ? before.Reply : await RefuseAsync(context, next);
        }

        var result = await next(context);
        if (result is Reply reply)
        {
            if (key is not null && reply.Status < StatusCodes.Status400BadRequest)
            {
                await key.KeepAsync(db, reply);
            }

            // Not given up half-way because the client has gone: a repeated request may return this result.
            await transaction.CommitAsync(CancellationToken.None);
            if (!HttpMethods.IsGet(http.Request.Method))
            {
                signal.Announce();
            }
        }

        return result;
    }

    // Done before, by a caller whose rights have changed since. The first answer is not shown. The call is made again to
    // refuse a caller that has lost the right, and leaves nothing: its transaction is not committed.
    private static async Task<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RefusedException e) when (e.Problem is not (ProblemCode.Forbidden or ProblemCode.NotFound))
        {
            // As something that is done already is refused, or what was right then and is not now.
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // It exists already.
        }

        throw new RefusedException(ProblemCode.RightsChanged, "This was done already. Your rights have changed since, so the answer of then is not shown: read what there is now.");
    }

    // A person by the token of a session, the operator's ticket system by its own, or somebody with an order link by
    // that of the telephone.
    private static async Task BeginAsync(Call call, HttpContext http, NpgsqlConnection db, bool isOpen)
    {
        var hash = BearerToken.HashOf(http.Request);
        if (hash is not null && await Session.FindAsync(db, hash) is { } person)
        {
            call.Begin(http, db, await Principal.ReadAsync(db, person.PersonId, person.Email));
        }
        else if (hash is not null && await TicketSystem.FindAsync(db, hash) is { } system)
        {
            call.Begin(http, db, principal: null, system);
        }
        else if (hash is not null && await PhoneSession.FindAsync(db, hash) is { } phone)
        {
            call.Begin(http, db, principal: null, phone: phone);
        }
        else
        {
            call.Begin(http, db, isOpen ? null : throw Problems.NoSession());
        }
    }
}
