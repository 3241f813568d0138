namespace Authorisation.Admin.Web;

/// <summary>What routes of the API say about themselves.</summary>
internal static class RouteExtensions
{
    /// <summary>Says what the call answers when it goes well, and which problems it may end with.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status, params int[] problems) =>
        route.Produces<T>(status).Errors(problems);

    /// <summary>Says that the call answers nothing but that it went well.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route, params int[] problems) =>
        route.Produces(StatusCodes.Status204NoContent).Errors(problems);

    /// <summary>The call needs no session.</summary>
    public static RouteHandlerBuilder Open(this RouteHandlerBuilder route) => route.WithMetadata(OpenToAll.Instance);

    private static RouteHandlerBuilder Errors(this RouteHandlerBuilder route, int[] problems)
    {
        int[] always = [StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized];
        foreach (var status in always.Concat(problems).Distinct())
        {
            route.Produces<Problem>(status, Problem.ContentType);
        }

        return route;
    }
}
