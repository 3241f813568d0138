using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

public class TextTests
{
    // In two halves, so that this file does not find itself.
    private static readonly string[] LeftForLater = ["TO" + "DO", "FIX" + "ME"];
    private static readonly string[] Endings = [".cs", ".csproj", ".props", ".proto", ".sql", ".lua", ".md", ".yml", ".json", ".sh"];

    [Fact]
    public void Nothing_is_left_for_later() => Repository.AssertNone(
        from folder in new[] { "src", "tests", "bench", "loadtests", "docs", "proto", "deploy" }
        from ending in Endings
        from file in Repository.Files(folder, ending)
        from line in Repository.Lines(file).Select((text, i) => (Text: text, Number: i + 1))
        from word in LeftForLater
        where line.Text.Contains(word, StringComparison.Ordinal)
        select $"{file}:{line.Number}: {word}; the limit is none: do it, or write it where work is planned.");

    [Fact]
    public void Every_rule_that_is_switched_off_says_why() => Repository.AssertNone(
        from line in Repository.Lines(".editorconfig").Select((text, i) => (Text: text.Trim(), Number: i + 1))
        where line.Text.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)
        let parts = line.Text.Split('#', 2, StringSplitOptions.TrimEntries)
        where parts[0].EndsWith("none", StringComparison.Ordinal) || parts[0].EndsWith("silent", StringComparison.Ordinal)
        where parts.Length < 2 || parts[1].Length == 0
        select $".editorconfig:{line.Number}: {parts[0]} without a reason behind it; the limit is none.");

    [Fact]
    public void An_event_id_means_one_line_of_the_log() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
        from method in file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>()
        from id in EventIds(method)
        group (file, method, id) by (file.Project, id) into same
        where same.Key.id is null || same.Count() > 1
        from one in same
        select $"{one.file.Path}:{SourceFile.FirstLineOf(one.method)}: event id {one.id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"} of {one.method.Identifier.Text}; the limit is one method an id in {same.Key.Project}.");

    [Theory]
    [InlineData("[LoggerMessage(7, LogLevel.Warning, \"x\")]", 7)]
    [InlineData("[LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = \"x\")]", 8)]
    [InlineData("[LoggerMessage(Level = LogLevel.Warning, EventId = 9)]", 9)]
    [InlineData("[LoggerMessage(eventId: 1_0, level: LogLevel.Warning, message: \"x\")]", 10)]
    [InlineData("[LoggerMessage(LogLevel.Warning, \"x\")]", null)]
    public void An_event_id_is_found_however_it_is_written(string attribute, int? expected)
    {
        var code = $"partial class C {{ {attribute} static partial void M(); }}";
        var method = CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single();

        Assert.Equal([expected], EventIds(method));
    }

    /// <summary>The id of a method that logs, or that it has none; nothing for a method that does not log.</summary>
    private static IEnumerable<int?> EventIds(MethodDeclarationSyntax method) =>
        from attribute in method.AttributeLists.SelectMany(list => list.Attributes)
        where attribute.Name.ToString() is "LoggerMessage" or "LoggerMessageAttribute"
        let arguments = attribute.ArgumentList?.Arguments ?? default
        let named = arguments.FirstOrDefault(argument =>
            (argument.NameEquals?.Name ?? argument.NameColon?.Name)?.Identifier.Text.Equals("EventId", StringComparison.OrdinalIgnoreCase) == true)
        let id = named ?? arguments.FirstOrDefault(argument => argument.NameEquals is null && argument.NameColon is null)
        select id?.Expression is LiteralExpressionSyntax { Token.Value: int value } ? value : (int?)null;
}
