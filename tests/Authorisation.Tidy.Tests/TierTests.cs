using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Authorisation.Tidy.Tests;

/// <summary>
/// What <c>./dev test --fast</c> leaves out: tests that start processes, be it to kill them or as clients in other languages,
/// that wait for a clock, or that work for long. They say so with <c>[Trait("Tier", "Slow")]</c>.
/// </summary>
public class TierTests
{
    private const string Slow = """Trait("Tier", "Slow")""";
    private const string Testing = "Authorisation.Testing";
    private const string LoadTests = "loadtests/";

    /// <summary>
    /// Whose use means that a process is started, or a server is there to be killed; and the collection of tests that run after
    /// the others, one by one.
    /// </summary>
    private static readonly string[] Starters = ["Process", "ProcessStartInfo", "PrivatePostgres", "PrivateRedis", "Alone"];

    /// <summary>What starts the servers that all tests share and that nobody kills, once, and cleans up after them.</summary>
    private static readonly string[] SharedByAll = ["SharedServers", "PostgresServer", "RedisServer", "TestPostgres", "TestDirectory"];

    /// <summary>Class fixtures that are a server of the class's own.</summary>
    private static readonly string[] OwnServers = ["PostgresServer", "RedisServer"];

    private static readonly Lazy<IReadOnlyList<TypeInFile>> Types = new(() =>
    [
        .. Repository.SourceFiles
            .Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)
                || file.Path.StartsWith(LoadTests, StringComparison.Ordinal))
            .SelectMany(TypesIn),
    ]);

    [Fact]
    public void Tests_that_start_processes_or_run_alone_are_slow_ones() => Repository.AssertNone(
        from project in ProjectsOfTests()
        let starters = StartersKnownIn(project)
        from type in project
        where IsTests(type.Syntax) && type.Names.Any(starters.Contains) && !IsSlow(type.Syntax)
        select $"{type.File.Path}:{SourceFile.FirstLineOf(type.Syntax)}: [{Slow}], as it starts processes or runs alone.");

    [Fact]
    public void A_class_says_its_tier_in_the_one_way_that_the_filter_knows() => Repository.AssertNone(
        from type in ProjectsOfTests().SelectMany(project => project)
        from attribute in type.Syntax.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString() == "Trait" && (attribute.ToString() != Slow || attribute.Parent?.Parent != type.Syntax)
        select $"{type.File.Path}:{SourceFile.FirstLineOf(attribute)}: the only trait is [{Slow}], on a class.");

    /// <summary>The names that mean a process to code of a project: those of the system, and of types that use them in turn.</summary>
    private static HashSet<string> StartersKnownIn(IEnumerable<TypeInFile> project)
    {
        var known = Starters.Concat(OwnServers).ToHashSet(StringComparer.Ordinal);
        var types = project
            .Concat(Types.Value.Where(type => type.File.Project == Testing))
            .Where(type => !SharedByAll.Contains(type.Name, StringComparer.Ordinal))
            .ToList();
        while (types.Find(type => !known.Contains(type.Name) && type.Names.Any(known.Contains)) is { } next)
        {
            known.Add(next.Name);
        }

        return known;
    }

    private static IEnumerable<IGrouping<string, TypeInFile>> ProjectsOfTests() => Types.Value
        .Where(type => type.File.Project is not (Testing or "Authorisation.Tidy.Tests"))
        .GroupBy(ProjectOf, StringComparer.Ordinal);

    /// <summary>What the load tests' tests use is in their own folder's other projects.</summary>
    private static string ProjectOf(TypeInFile type) =>
        type.File.Path.StartsWith(LoadTests, StringComparison.Ordinal) ? LoadTests : type.File.Project;

    private static IEnumerable<TypeInFile> TypesIn(SourceFile file) => file.Syntax.DescendantNodes()
        .OfType<TypeDeclarationSyntax>()
        .Where(type => type.Parent is not TypeDeclarationSyntax)
        .Select(type => new TypeInFile(file, type));

    private static bool IsTests(TypeDeclarationSyntax type) => type.Members
        .OfType<MethodDeclarationSyntax>()
        .SelectMany(method => method.AttributeLists)
        .SelectMany(list => list.Attributes)
        .Any(attribute => attribute.Name.ToString() is var name
            && (name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal)));

    private static bool IsSlow(TypeDeclarationSyntax type) =>
        type.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.ToString() == Slow);

    private sealed record TypeInFile(SourceFile File, TypeDeclarationSyntax Syntax)
    {
        public string Name => Syntax.Identifier.Text;

        /// <summary>Every name that it mentions.</summary>
        public HashSet<string> Names { get; } = Syntax.DescendantNodes()
            .OfType<SimpleNameSyntax>()
            .Select(name => name.Identifier.Text)
            .ToHashSet(StringComparer.Ordinal);
    }
}
