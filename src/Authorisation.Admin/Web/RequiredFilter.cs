using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>
/// A required field that was not sent is reported as missing, whichever check found it wrong: a check of its form fails
/// on it, too.
/// </summary>
internal sealed class RequiredFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RefusedException refused) when (
            refused is { Problem: ProblemCode.InvalidFields, Errors: { } errors }
            && context.Arguments.OfType<IBody>().SingleOrDefault() is { Missing: { Count: > 0 } missing }
            && errors.Any(error => IsMisnamed(error, missing)))
        {
            throw Problems.Fields([.. errors.Select(error => IsMisnamed(error, missing) ? Required(error) : error)]);
        }
    }

    private static bool IsMisnamed(FieldError error, IReadOnlySet<string> missing) =>
        error.Code != FieldCode.Required && missing.Contains(error.Field);

    private static FieldError Required(FieldError error) =>
        error with { Code = FieldCode.Required, Message = "is required, and " + error.Message };
}

/// <summary>The JSON body of a call, whatever its type.</summary>
internal interface IBody
{
    /// <summary>The required fields that were not sent, or were sent as null or as blank text.</summary>
    IReadOnlySet<string> Missing { get; }
}
