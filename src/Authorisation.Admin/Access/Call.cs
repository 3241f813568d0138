using Authorisation.Admin.Http;
using Npgsql;

namespace Authorisation.Admin.Access;

/// <summary>
/// One call to the API: who makes it, and the connection that everything it does happens on. A call that may change
/// something is one transaction, which is committed when it went well and leaves nothing otherwise.
/// </summary>
/// <remarks>Scoped to one request, and used by one task at a time.</remarks>
internal sealed class Call
{
    private Principal? _who;

    /// <summary>The connection, within the call's transaction.</summary>
    public NpgsqlConnection Db { get; private set; } = null!;

    /// <summary>The request.</summary>
    public HttpContext Http { get; private set; } = null!;

    /// <summary>Who calls.</summary>
    /// <exception cref="ProblemException">401: there is no session.</exception>
    public Principal Principal => _who ?? throw Problems.NoSession();

    /// <summary>Who calls, if the call may be made without a session.</summary>
    public Principal? PrincipalIfAny => _who;

    /// <summary>Ends the call when the client is gone.</summary>
    public CancellationToken Stop => Http.RequestAborted;

    /// <summary>From where the call came, for the audit trail.</summary>
    public string? Address => Http.Connection.RemoteIpAddress?.ToString();

    public void Begin(HttpContext http, NpgsqlConnection db, Principal? who) => (Http, Db, _who) = (http, db, who);

    /// <summary>412 when the caller changes another version than the one in force.</summary>
    public void RequireMatch(long revision) => ETag.Require(Http.Request, revision);

    /// <summary>Refuses the call for a parameter in its address, beside what else is wrong, when it is over.</summary>
    public void RefuseParameter(string name, FieldCode code, string message) =>
        CheckedQuery.Of(Http).Add(new FieldError(name, code, message));

    /// <summary>Refuses the call now for what is wrong in its address: before work that would be done for nothing.</summary>
    public void RequireParameters()
    {
        if (CheckedQuery.Of(Http).Errors is { Count: > 0 } errors)
        {
            throw Problems.Fields(errors);
        }
    }

    /// <summary>What this call changes, and who makes it.</summary>
    public Change Change => new(Db, _who?.PersonId, _who?.Email ?? "", Address);
}
