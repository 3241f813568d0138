using Authorisation.Admin.Access;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Authorisation.Admin.Http;

/// <summary>
/// Refuses parameters that a call does not have: a list that passed over a misspelt filter would be a wrong answer. What the
/// caller may not see or do is told before it, and what is wrong with the fields beside it, so a call is refused when it is
/// over, and its transaction undone. A call that needs no session is refused at once: it hides nothing.
/// </summary>
internal sealed class QueryFilter(IApiDescriptionGroupCollectionProvider descriptions) : IEndpointFilter
{
    // By the name of the endpoint.
    private readonly Lazy<IReadOnlyDictionary<string, string[]>> _parameters = new(() => ParametersIn(descriptions));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var wrong = Wrong(context.HttpContext);
        if (wrong.Count == 0)
        {
            return await next(context);
        }

        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            throw Problems.Fields(wrong);
        }

        try
        {
            await next(context);
        }
        catch (ProblemException refused) when (refused is { Status: StatusCodes.Status400BadRequest, Errors: { } errors })
        {
            throw Problems.Fields([.. errors, .. wrong]);
        }

        throw Problems.Fields(wrong);
    }

    private List<FieldError> Wrong(HttpContext http)
    {
        var query = http.Request.Query;
        if (query.Count == 0 || http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>() is not { } endpoint)
        {
            return [];
        }

        var known = _parameters.Value[endpoint.EndpointName];
        var errors = new List<FieldError>();
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                errors.Add(new FieldError(name, FieldCode.Unknown, known.Length == 0
                    ? "is not a parameter of this call, which takes none"
                    : $"is not a parameter of this call, which takes {string.Join(", ", known)}"));
            }
            else if (values.Count > 1)
            {
                errors.Add(new FieldError(name, FieldCode.Repeated, "is given more than once"));
            }
        }

        return errors;
    }

    private static Dictionary<string, string[]> ParametersIn(IApiDescriptionGroupCollectionProvider descriptions) =>
        descriptions.ApiDescriptionGroups.Items.SelectMany(group => group.Items)
            .Select(call => (
                Endpoint: call.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().Single().EndpointName,
                Names: call.ParameterDescriptions.Where(one => one.Source == BindingSource.Query).Select(one => one.Name)))
            .ToDictionary(one => one.Endpoint, one => one.Names.ToArray(), StringComparer.Ordinal);
}
