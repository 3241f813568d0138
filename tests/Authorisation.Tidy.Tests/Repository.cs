using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

/// <summary>The files that people wrote, by their paths from the repository's root.</summary>
internal static class Repository
{
    private static readonly string[] FoldersOfCode = ["src", "tools", "tests", "bench", "loadtests"];
    private static readonly string[] FoldersNotWritten = ["bin", "obj", "node_modules", ".git", ".run", "artifacts", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> SourceFiles { get; } =
        [.. FoldersOfCode.SelectMany(folder => Files(folder, ".cs")).Select(Parse)];

    /// <summary>Every written file below a folder whose name ends so.</summary>
    public static IEnumerable<string> Files(string folder, string ending)
    {
        var path = Path.Combine(Root, folder);
        return Directory.Exists(path) ? Below(new DirectoryInfo(path), ending).Order(StringComparer.Ordinal) : [];
    }

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Fails with all of them, one a line.</summary>
    public static void AssertNone(IEnumerable<string> violations)
    {
        var all = violations.ToList();
        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all.Prepend($"{all.Count} to put right:")));
    }

    private static IEnumerable<string> Below(DirectoryInfo folder, string ending) => folder
        .EnumerateFiles()
        .Where(file => file.Name.EndsWith(ending, StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(Root, file.FullName))
        .Concat(folder.EnumerateDirectories()
            .Where(sub => !FoldersNotWritten.Contains(sub.Name, StringComparer.Ordinal))
            .SelectMany(sub => Below(sub, ending)));

    private static SourceFile Parse(string path)
    {
        var tree = CSharpSyntaxTree.ParseText(Text(path), new CSharpParseOptions(LanguageVersion.Preview), path);
        return new SourceFile(path, Lines(path), (CompilationUnitSyntax)tree.GetRoot());
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Authorisation.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in a folder with Authorisation.sln.");
        }

        return folder;
    }
}
