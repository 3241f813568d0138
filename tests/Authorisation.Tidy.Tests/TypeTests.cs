using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

public class TypeTests
{
    [Fact]
    public void A_file_in_src_has_one_public_type_at_most_and_its_name() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
        from violation in WrongTypes(file)
        select violation);

    [Theory]
    [InlineData("public class Coin;", true)]
    [InlineData("public record struct Coin<T>(T Value);", true)]
    [InlineData("public delegate void Coin();", true)]
    [InlineData("public class Coin { public class Nested; }", true)]
    [InlineData("public class Coin; internal class Other;", true)]
    [InlineData("public static class Coin; public static class Coin<T>;", true)]
    [InlineData("class Other;", true)]
    [InlineData("public class Other;", false)]
    [InlineData("public class Coin; public enum Other;", false)]
    [InlineData("namespace N { public class Coin; public class Other; }", false)]
    public void The_rule_knows_right_from_wrong(string code, bool right) => Assert.Equal(
        right,
        !WrongTypes(new SourceFile("src/X/Coin.cs", [code], CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot())).Any());

    private static IEnumerable<string> WrongTypes(SourceFile file)
    {
        // Coin.Reading.cs is a part of Coin; Coin and Coin<T> may live together.
        var expected = Path.GetFileName(file.Path).Split('.')[0];
        return from type in file.Syntax.DescendantNodes().OfType<MemberDeclarationSyntax>()
               let name = (type as BaseTypeDeclarationSyntax)?.Identifier.Text ?? (type as DelegateDeclarationSyntax)?.Identifier.Text
               where name is not null && name != expected
                   && type.Modifiers.Any(SyntaxKind.PublicKeyword)
                   && type.Parent is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax
               select $"{file.Path}:{SourceFile.FirstLineOf(type)}: public type {name}; the limit is one a file, in a file of its name.";
    }
}
