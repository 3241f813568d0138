using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

public class LengthTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;

    [Fact]
    public void Files_are_short_enough_to_read() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Lines.Length > FileLinesMax
        select $"{file.Path}:{FileLinesMax + 1}: {file.Lines.Length} lines; the limit is {FileLinesMax}.");

    [Fact]
    public void Methods_are_short_enough_to_see_at_once() => Repository.AssertNone(
        from file in Repository.SourceFiles
        from violation in LongMethods(file)
        select violation);

    /// <summary>The measure itself, on code of a known length.</summary>
    [Theory]
    [InlineData("class C {{ void Long() {{ {0} }} }}")]
    [InlineData("class C {{ C() {{ {0} }} }}")]
    [InlineData("class C {{ int P {{ get {{ {0} return 0; }} }} }}")]
    [InlineData("class C {{ void M() => Use(() => {{ {0} }}); }}")]
    [InlineData("class C {{ void M() {{ void Inner() {{ {0} }} }} }}")]
    [InlineData("class C {{ public static C operator +(C a, C b) {{ {0} }} }}")]
    [InlineData("{0}")]
    public void A_method_of_any_kind_is_measured(string code)
    {
        Assert.NotEmpty(LongMethods(File(lines: MethodLinesMax + 1)));
        Assert.Empty(LongMethods(File(lines: MethodLinesMax - 3)));

        SourceFile File(int lines)
        {
            var text = string.Format(null, code, string.Concat(Enumerable.Repeat("Do();\n", lines)));
            return new SourceFile("src/X/C.cs", text.Split('\n'), CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot());
        }
    }

    private static IEnumerable<string> LongMethods(SourceFile file)
    {
        var bodies = file.Syntax.DescendantNodes()
            .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
            .Select(node => (Node: node, First: SourceFile.FirstLineOf(node), Last: SourceFile.LastLineOf(node)));

        // Top-level statements are a method too, one that no node stands for.
        if (file.Syntax.Members.OfType<GlobalStatementSyntax>().ToList() is { Count: > 0 } statements)
        {
            bodies = bodies.Append((statements[0], SourceFile.FirstLineOf(statements[0]), SourceFile.LastLineOf(statements[^1])));
        }

        return from body in bodies
               let length = body.Last - body.First + 1
               where length > MethodLinesMax
               select $"{file.Path}:{body.First}: {NameOf(body.Node)} has {length} lines; the limit is {MethodLinesMax}.";
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
        GlobalStatementSyntax => "the top level",
        _ => node.Kind().ToString(),
    };
}
