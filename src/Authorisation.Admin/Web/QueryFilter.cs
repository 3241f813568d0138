using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>
/// Refuses parameters that are wrong: a list that passed over a misspelt filter would be a wrong answer. What the
/// caller may not see or do is reported before it, and what is wrong with the fields beside it, so a call is refused
/// when it is over, and its transaction undone. A call that needs no session is refused at once: it hides nothing.
/// </summary>
internal sealed class QueryFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>() is null)
        {
            return await next(context);
        }

        var query = CheckedQuery.Of(context.HttpContext);
        if (query.Errors.Count > 0 && context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            throw Problems.Fields(query.Errors);
        }

        try
        {
            var result = await next(context);
            return query.Errors.Count == 0 ? result : throw Problems.Fields(query.Errors);
        }
        catch (RefusedException refused) when (query.Errors.Count > 0 && IsAfter(refused))
        {
            var others = refused is { Problem: ProblemCode.InvalidFields, Errors: { } errors } ? errors : [];
            throw Problems.Fields([.. others.Where(one => query.Errors.All(wrong => wrong.Field != one.Field)), .. query.Errors]);
        }
    }

    // A message that depends on the requested value is not given for another value.
    private static bool IsAfter(RefusedException refused) => refused.Errors is not null || ProblemStatus.Of(refused.Problem)
        is StatusCodes.Status409Conflict or StatusCodes.Status412PreconditionFailed or StatusCodes.Status422UnprocessableEntity;
}
