using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

/// <summary>The tables of errors in the guides say what the code says.</summary>
public partial class ErrorTableTests
{
    [Fact]
    public void The_gRPC_guide_names_every_reason_and_no_other()
    {
        var given = Repository.SourceFiles
            .Where(file => file.Path.StartsWith("src/Authorisation.Server/", StringComparison.Ordinal))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
            .Where(IsError)
            .SelectMany(call => call.ArgumentList.DescendantNodes().OfType<LiteralExpressionSyntax>())
            .Select(literal => literal.Token.ValueText)
            .Where(text => Reason().IsMatch(text));

        AssertSame(given, Rows("docs/integrate/grpc.md", "[A-Z_, ]+"), minimum: 35);
    }

    [Fact]
    public void The_REST_guide_names_every_code_with_its_status_and_no_other()
    {
        var statuses = Repository.SourceFiles.Single(file => file.Path.EndsWith("/ProblemStatus.cs", StringComparison.Ordinal))
            .Syntax.DescendantNodes().OfType<SwitchExpressionArmSyntax>()
            .SelectMany(arm => arm.Pattern.DescendantNodes().OfType<MemberAccessExpressionSyntax>(), (arm, code) =>
                $"{Digits().Match(arm.Expression.ToString()).Value} {Name(code.Name)}");
        var codes = Repository.SourceFiles.Single(file => file.Path.EndsWith("/ProblemCode.cs", StringComparison.Ordinal))
            .Syntax.DescendantNodes().OfType<EnumMemberDeclarationSyntax>()
            .Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Identifier.Text));
        var rows = Rows("docs/integrate/rest.md", "[0-9]{3}", withStatus: true).ToList();

        AssertSame(codes, rows.Select(row => row.Split(' ')[1]), minimum: 40);
        AssertSame(statuses, rows, minimum: 40);

        static string Name(SimpleNameSyntax code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.Identifier.Text);
    }

    [Fact]
    public void Every_log_event_has_a_row_and_the_other_way()
    {
        var given = Repository.SourceFiles
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<AttributeSyntax>())
            .Where(attribute => attribute.Name.ToString() == "LoggerMessage")
            .Select(attribute => EventId().Match(attribute.ToString()).Value);
        var rows = Repository.Lines("docs/operate/log-events.md")
            .Select(line => LogRow().Match(line))
            .Where(match => match.Success)
            .SelectMany(match => EventId().Matches(match.Value).Select(id => id.Value));

        AssertSame(given, rows, minimum: 60);
    }

    // Methods of Errors wherever they are called; Errors itself calls two of its own.
    private static bool IsError(InvocationExpressionSyntax call) =>
        call.Expression.ToString().StartsWith("Errors.", StringComparison.Ordinal)
        || call.Expression.ToString() is "Unavailable" or "Error";

    private static IEnumerable<string> Rows(string file, string status, bool withStatus = false) => Repository.Lines(file)
        .Select(line => Regex.Match(line, $"^\\| (?<status>{status}) \\| `(?<code>\\w+)` \\|", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
        .Where(match => match.Success)
        .Select(match => withStatus ? $"{match.Groups["status"].Value} {match.Groups["code"].Value}" : match.Groups["code"].Value);

    private static void AssertSame(IEnumerable<string> given, IEnumerable<string> documented, int minimum)
    {
        var code = given.ToHashSet(StringComparer.Ordinal);
        var rows = documented.ToHashSet(StringComparer.Ordinal);
        Assert.True(code.Count >= minimum, $"Only {code.Count} were found in the code.");
        Repository.AssertNone(
            code.Except(rows, StringComparer.Ordinal).Select(one => $"{one} has no row.")
                .Concat(rows.Except(code, StringComparer.Ordinal).Select(one => $"{one} has a row and is not in the code.")));
    }

    [GeneratedRegex("^[A-Z][A-Z_]+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Reason();

    [GeneratedRegex("[0-9]{3}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Digits();

    [GeneratedRegex("[0-9]{4}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| `[\w.]+\[[0-9, –\-]+\]`(, `[\w.]+\[[0-9, –\-]+\]`)*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LogRow();
}
