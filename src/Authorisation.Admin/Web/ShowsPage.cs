namespace Authorisation.Admin.Web;

/// <summary>Marks a route that shows a page to people: its errors are pages, too.</summary>
/// <param name="OfProblem">Makes the page of an error.</param>
internal sealed record ShowsPage(Func<HttpContext, Problem, IResult> OfProblem);
