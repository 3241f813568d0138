using System.Xml.Linq;

namespace Authorisation.Tidy.Tests;

/// <summary>
/// Which project may know which. What is not written here is not allowed; none but the demo knows one of <c>tools/</c>.
/// </summary>
public class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Hosting"] = ["Core"],
        ["Schema"] = [],
        ["Ledger"] = ["Core"],
        ["Cache"] = ["Core"],
        ["Contracts"] = [],
        ["Server"] = ["Core", "Hosting", "Schema", "Ledger", "Cache", "Contracts"],
        ["Administration"] = ["Core", "Ledger"],
        ["Billing"] = ["Core", "Ledger", "Cache", "Administration"],
        ["Admin"] = ["Core", "Hosting", "Schema", "Ledger", "Cache", "Administration", "Billing"],
        ["Standalone"] = ["Server", "Admin", "Core", "Hosting", "Schema", "Ledger", "Cache", "Contracts", "PrivateServers", "Provisioning", "TicketSystem"],
        ["PrivateServers"] = [],
        ["Provisioning"] = ["Core", "Ledger"],
        ["TicketSystem"] = [],
    };

    /// <summary>Projects that must not need anything from outside, either.</summary>
    private static readonly string[] WithoutPackages = ["Core"];

    private static IEnumerable<string> Projects => Repository.Files("src", ".csproj").Concat(Repository.Files("tools", ".csproj"));

    [Fact]
    public void Projects_know_only_those_they_may()
    {
        Repository.AssertNone(
            from file in Projects
            let name = ShortName(file)
            from line in References(file, "ProjectReference")
            let target = ShortName(line.Target)
            where !Allowed.GetValueOrDefault(name, []).Contains(target, StringComparer.Ordinal) || !IsInSrcOrTools(file, line.Target)
            select $"{file}:{line.Number}: {name} may know {AllowedText(name)}, not {line.Target}.");
    }

    [Fact]
    public void Every_project_of_ours_is_in_the_table() => Repository.AssertNone(
        from file in Projects
        where !Allowed.ContainsKey(ShortName(file))
        select $"{file}:1: say in the table of {nameof(ProjectArrowTests)} what {ShortName(file)} may know.");

    [Fact]
    public void The_rule_needs_nothing_but_the_language() => Repository.AssertNone(
        from file in Projects
        where WithoutPackages.Contains(ShortName(file), StringComparer.Ordinal)
        from kind in new[] { "PackageReference", "FrameworkReference", "Reference" }
        from line in References(file, kind)
        select $"{file}:{line.Number}: {ShortName(file)} has no packages, not {line.Target} either.");

    [Fact]
    public void The_table_has_no_circles()
    {
        foreach (var name in Allowed.Keys)
        {
            Assert.DoesNotContain(name, Reachable(name), StringComparer.Ordinal);
        }

        static IEnumerable<string> Reachable(string from) => Allowed[from].SelectMany(to => Reachable(to).Prepend(to));
    }

    private static IEnumerable<(string Target, int Number)> References(string file, string kind) =>
        from element in XDocument.Parse(Repository.Text(file), LoadOptions.SetLineInfo).Descendants(kind)
        let target = (string?)element.Attribute("Include")
        where target is not null
        select (target, ((System.Xml.IXmlLineInfo)element).LineNumber);

    private static string ShortName(string projectFile) =>
        Path.GetFileNameWithoutExtension(projectFile.Replace('\\', '/')).Replace("Authorisation.", "", StringComparison.Ordinal);

    private static bool IsInSrcOrTools(string file, string target)
    {
        var path = Path.GetRelativePath(
            Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target)));
        return path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tools/", StringComparison.Ordinal);
    }

    private static string AllowedText(string name) =>
        Allowed.GetValueOrDefault(name, []) is { Length: > 0 } names ? string.Join(", ", names) : "none of ours";
}
