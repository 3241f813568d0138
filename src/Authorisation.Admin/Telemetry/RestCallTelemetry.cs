using System.Text.RegularExpressions;
using Authorisation.Hosting.Telemetry;

namespace Authorisation.Admin.Telemetry;

/// <summary>
/// Measures and traces the calls of REST by their method and their route, and what kind of status they ended with: none
/// for one whose caller went away.
/// </summary>
internal sealed partial class RestCallTelemetry(RequestDelegate next, CallMetrics metrics) : CallTelemetry(next, metrics)
{
    private const int StatusesOfAKind = 100;
    private static readonly string[] Kinds = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    /// <inheritdoc/>
    protected override MeasuredCall? CallOf(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "any";
        return new MeasuredCall($"{method} {Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "")}", Kinds);
    }

    /// <inheritdoc/>
    protected override int StatusOf(HttpContext http, bool hasThrown) =>
        http.RequestAborted.IsCancellationRequested ? 0
            : hasThrown ? Kinds.Length - 1
            : Math.Clamp(http.Response.StatusCode / StatusesOfAKind, 0, Kinds.Length - 1);

    /// <inheritdoc/>
    protected override bool IsFault(int status) => status == Kinds.Length - 1;

    // Of a parameter in a route: {id:guid} is shown as {id}.
    [GeneratedRegex(":[^}]*(?=})", RegexOptions.None, 1000)]
    private static partial Regex Constraint();
}
