using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

/// <summary>
/// Which folder of a project knows which other one. A folder is a namespace; it knows those that its files are using, and
/// those above it whose types they name.
/// </summary>
public class FolderArrowTests
{
    private static readonly ILookup<string, SourceFile> Projects = Repository.SourceFiles
        .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) || file.Path.StartsWith("tools/", StringComparison.Ordinal))
        .Where(file => NamespaceOf(file) is not null)
        .ToLookup(file => file.Project, StringComparer.Ordinal);

    [Fact]
    public void Folders_know_each_other_in_one_direction_only() => Repository.AssertNone(
        from project in Projects
        let arrows = ArrowsOf([.. project])
        from folder in arrows.Select(arrow => arrow.From).Distinct(StringComparer.Ordinal)
        let circle = CircleThrough(folder, arrows)
        where circle.Count > 0
        select $"{project.Key}: {string.Join(" -> ", circle)}");

    [Fact]
    public void A_circle_is_found()
    {
        (string From, string To)[] arrows = [("A", "B"), ("B", "C"), ("C", "B"), ("A", "C")];

        Assert.Empty(CircleThrough("A", arrows));
        Assert.Equal("B -> C -> B", string.Join(" -> ", CircleThrough("B", arrows)));
    }

    private static List<(string From, string To)> ArrowsOf(IReadOnlyList<SourceFile> files)
    {
        var types = files.ToLookup(file => NamespaceOf(file)!, TypesOf, StringComparer.Ordinal);
        return [.. files
            .SelectMany(file => Used(file, NamespaceOf(file)!, types).Select(to => (From: NamespaceOf(file)!, To: to)))
            .Where(arrow => arrow.From != arrow.To)
            .Distinct()];
    }

    private static IEnumerable<string> Used(SourceFile file, string from, ILookup<string, IReadOnlySet<string>> types)
    {
        var named = file.Syntax.Usings.Select(one => one.Name?.ToString() ?? "").Where(types.Contains);
        var words = file.Syntax.DescendantNodes().OfType<SimpleNameSyntax>()
            .Where(name => name.Parent is not (MemberAccessExpressionSyntax or QualifiedNameSyntax) || IsFirst(name))
            .Select(name => name.Identifier.Text)
            .ToHashSet(StringComparer.Ordinal);
        return named.Concat(Above(from).Where(above => types[above].Any(declared => declared.Overlaps(words))));
    }

    private static bool IsFirst(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax member => member.Expression == name,
        QualifiedNameSyntax qualified => qualified.Left == name,
        _ => true,
    };

    private static IEnumerable<string> Above(string space)
    {
        for (var dot = space.LastIndexOf('.'); dot > 0; dot = space.LastIndexOf('.'))
        {
            space = space[..dot];
            yield return space;
        }
    }

    private static IReadOnlySet<string> TypesOf(SourceFile file) => file.Syntax.DescendantNodes()
        .OfType<BaseTypeDeclarationSyntax>()
        .Where(type => type.Parent is BaseNamespaceDeclarationSyntax)
        .Select(type => type.Identifier.Text)
        .ToHashSet(StringComparer.Ordinal);

    private static string? NamespaceOf(SourceFile file) =>
        file.Syntax.Members.OfType<FileScopedNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    /// <summary>The way from a folder back to itself; empty when there is none.</summary>
    private static IReadOnlyList<string> CircleThrough(string folder, IReadOnlyList<(string From, string To)> arrows)
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = new Queue<string>([folder]);
        while (next.TryDequeue(out var at))
        {
            foreach (var (_, to) in arrows.Where(arrow => arrow.From == at))
            {
                if (to == folder)
                {
                    return [.. WayTo(at, folder, before), folder];
                }

                if (before.TryAdd(to, at))
                {
                    next.Enqueue(to);
                }
            }
        }

        return [];
    }

    private static IEnumerable<string> WayTo(string at, string folder, Dictionary<string, string> before) =>
        at == folder ? [folder] : WayTo(before[at], folder, before).Append(at);
}
