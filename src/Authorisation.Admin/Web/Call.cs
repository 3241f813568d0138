using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Npgsql;

namespace Authorisation.Admin.Web;

/// <summary>
/// One call to the API, and what the operations work in that it runs. A call that may change something is one
/// transaction, which is committed when it went well and leaves nothing otherwise.
/// </summary>
/// <remarks>Scoped to one request, and used by one task at a time.</remarks>
internal sealed class Call
{
    /// <summary>What the operations work in.</summary>
    public UnitOfWork Work { get; private set; } = null!;

    /// <summary>The request.</summary>
    public HttpContext Http { get; private set; } = null!;

    /// <summary>The connection, within the call's transaction.</summary>
    public NpgsqlConnection Db => Work.Db;

    /// <summary>From where a request came, for the audit trail.</summary>
    public static string? AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    public void Begin(HttpContext http, NpgsqlConnection db, Principal? principal, TicketSystem? system = null, PhoneSession? phone = null) =>
        (Http, Work) = (
            http, new UnitOfWork(db, principal, AddressOf(http), system, phone, http.RequestAborted) { AsksForTerms = true });

    /// <summary>What an operation is asked for without a body, under the condition of the caller's If-Match.</summary>
    public Request Request() => new(revision => ETag.Matches(Http.Request, revision));

    /// <summary>What an operation is asked for by a body, under the condition of the caller's If-Match.</summary>
    public Request<T> Request<TBody, T>(Body<TBody> body, Func<TBody, T> read)
        where TBody : class => new(() => read(body.Value), revision => ETag.Matches(Http.Request, revision));

    /// <summary>
    /// What an operation is asked for in the address, which is refused for what is wrong in it once the operation reads it.
    /// </summary>
    public Request<T> RequestOf<T>(T asked) => new(() =>
    {
        RequireParameters();
        return asked;
    });

    /// <summary>
    /// Refuses the call now for what is wrong in its address: before work that would be done for nothing.
    /// </summary>
    public void RequireParameters()
    {
        if (CheckedQuery.Of(Http).Errors is { Count: > 0 } errors)
        {
            throw Problems.Fields(errors);
        }
    }
}
