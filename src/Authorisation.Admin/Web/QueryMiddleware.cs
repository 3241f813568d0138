using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.Primitives;

namespace Authorisation.Admin.Web;

/// <summary>
/// Looks at the parameters in the address before a call is bound to them: those that it does not have, that are given
/// more than once, or that are not of their kind or within their bounds are set aside, for <see cref="QueryFilter"/> to
/// refuse the call. So are the fields of a body that comes with a call which takes none.
/// </summary>
/// <remarks>Safe for any number of requests: what it keeps is made once and never changed.</remarks>
internal sealed class QueryMiddleware(RequestDelegate next, IApiDescriptionGroupCollectionProvider descriptions)
{
    // By the name of the endpoint; made at the first call, when every route is mapped.
    private readonly Lazy<Dictionary<string, IReadOnlyList<QueryParameter>>> _parameters = new(() =>
        descriptions.ApiDescriptionGroups.Items.SelectMany(group => group.Items).ToDictionary(
            call => call.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().Single().EndpointName,
            QueryParameter.Of,
            StringComparer.Ordinal));

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<IEndpointNameMetadata>() is { EndpointName: { } endpoint })
        {
            // As a separate feature: the text of the address, which a repeated request is known by, stays as it was
            // sent.
            var query = Check(http.Request.Query, _parameters.Value[endpoint]);
            http.Features.Set<IQueryFeature>(query);
            if (!HttpMethods.IsGet(http.Request.Method) && metadata.GetMetadata<IAcceptsMetadata>() is null
                && http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            {
                foreach (var error in await RequestBody.RefuseAsync(http))
                {
                    query.Add(error);
                }
            }
        }

        await next(http);
    }

    private static CheckedQuery Check(IQueryCollection query, IReadOnlyList<QueryParameter> known)
    {
        var right = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        var errors = new List<FieldError>();
        foreach (var (name, values) in query)
        {
            if (Check(name, values, known) is { } error)
            {
                errors.Add(error);
            }
            else
            {
                right.Add(name, values);
            }
        }

        var result = new CheckedQuery(new QueryCollection(right));
        errors.ForEach(result.Add);
        return result;
    }

    private static FieldError? Check(string name, StringValues values, IReadOnlyList<QueryParameter> known)
    {
        if (known.FirstOrDefault(one => one.Name == name) is not { } parameter)
        {
            return new FieldError(name, FieldCode.Unknown, known.Count == 0
                ? "is not a parameter of this call, which takes none"
                : $"is not a parameter of this call, which takes {string.Join(", ", known.Select(one => one.Name))}");
        }

        return values.Count > 1
            ? new FieldError(name, FieldCode.Repeated, "is given more than once")
            : parameter.Check(values.ToString());
    }
}
