using System.Text.RegularExpressions;

namespace Authorisation.Tidy.Tests;

/// <summary>HTTP, HTML, SQL and JSON stay at their edges.</summary>
public partial class EdgeTests
{
    private static readonly string[] WithoutHttp =
        ["Core", "Schema", "Ledger", "Cache", "Administration", "Billing"];

    [Fact]
    public void Operations_and_what_lies_beneath_them_name_no_status_and_no_request_of_HTTP_or_gRPC() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where WithoutHttp.Contains(file.Project.Replace("Authorisation.", "", StringComparison.Ordinal), StringComparer.Ordinal)
            && file.Path.StartsWith("src/", StringComparison.Ordinal)
        from line in Matching(file, Http())
        select line);

    [Fact]
    public void Endpoints_and_pages_have_no_SQL() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Path.StartsWith("src/Authorisation.Admin/Api/", StringComparison.Ordinal)
            || file.Path.StartsWith("src/Authorisation.Admin/Portal/", StringComparison.Ordinal)
            || file.Path.StartsWith("src/Authorisation.Admin/Commands/", StringComparison.Ordinal)
        from line in Matching(file, Sql())
        select line);

    [Fact]
    public void Only_the_portal_has_HTML() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
            && !file.Path.StartsWith("src/Authorisation.Admin/Portal/", StringComparison.Ordinal)
        from line in Matching(file, Html())
        select line);

    [Theory]
    [InlineData("return StatusCodes.Status404NotFound;")]
    [InlineData("throw new RpcException(new Status(StatusCode.Internal, text));")]
    [InlineData("public void Begin(HttpContext http)")]
    public void What_belongs_to_an_edge_is_known(string line) => Assert.Matches(Http(), line);

    private static IEnumerable<string> Matching(SourceFile file, Regex pattern) => file.Lines
        .Select((text, index) => (text, index))
        .Where(line => !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line.text))
        .Select(line => $"{file.Path}:{line.index + 1}: {line.text.Trim()}");

    [GeneratedRegex(@"\b(StatusCodes?\.\w+|HttpContext|RpcException|ServerCallContext|IResult)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Http();

    [GeneratedRegex(@"^using Dapper;|\b(ExecuteAsync|QueryAsync|ExecuteScalarAsync|QuerySingle\w*)\(|\bNpgsqlCommand\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sql();

    [GeneratedRegex("<(html|body|form|h1|table|p)[ >]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Html();
}
