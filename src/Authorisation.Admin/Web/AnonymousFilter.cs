using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>Bounds how often one address makes calls that need no session.</summary>
internal sealed class AnonymousFilter(AnonymousLimiter limiter) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return http.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is null
            || limiter.Allows(Call.AddressOf(http))
                ? next(context)
                : throw Problems.TooMany(limiter.UntilNextWindow);
    }
}
