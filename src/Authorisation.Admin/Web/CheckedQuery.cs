using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Http.Features;

namespace Authorisation.Admin.Web;

/// <summary>
/// The parameters in the address of a call without those that are wrong, so that the call can be bound and made: what
/// the caller may not see or do is reported before them. The call is refused for them when it is over.
/// </summary>
/// <remarks>Used by one task at a time, that of the request.</remarks>
internal sealed class CheckedQuery(IQueryCollection query) : IQueryFeature
{
    private readonly List<FieldError> _errors = [];

    /// <inheritdoc/>
    public IQueryCollection Query { get; set; } = query;

    /// <summary>What is wrong, each parameter once.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>That of a call which the API's description has.</summary>
    public static CheckedQuery Of(HttpContext http) => (CheckedQuery)http.Features.GetRequiredFeature<IQueryFeature>();

    /// <summary>
    /// Refuses the call for a parameter when it is over; until then it goes on as if that had not been sent.
    /// </summary>
    public void Add(FieldError error)
    {
        if (_errors.All(one => one.Field != error.Field))
        {
            _errors.Add(error);
        }
    }
}
