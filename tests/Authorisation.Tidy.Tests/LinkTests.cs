namespace Authorisation.Tidy.Tests;

public class LinkTests
{
    [Fact]
    public void Every_link_in_the_documentation_leads_to_a_file() => Repository.AssertNone(
        from file in Repository.Files("docs", ".md").Concat(AtTheRoot())
        from link in PortalLinks(Repository.Lines(file))
        where !Exists(file, link.Target)
        select $"{file}:{link.Number}: {link.Target} is not there; the limit is none.");

    [Fact]
    public void Links_are_found_in_text_and_not_in_code()
    {
        string[] lines =
        [
            "See [one](a.md), [two](b/c.md#part) and ![a picture](d.png \"Title\").",
            "`[not](code.md)` [outside](https://example.org/) [here](#part)",
            "```",
            "[not](block.md)",
            "```",
            "[ref]: e.md",
        ];

        Assert.Equal([("a.md", 1), ("b/c.md#part", 1), ("d.png", 1), ("e.md", 6)], PortalLinks(lines));
    }

    private static IEnumerable<string> AtTheRoot() => Directory
        .EnumerateFiles(Repository.Root, "*.md")
        .Select(file => Path.GetRelativePath(Repository.Root, file));

    private static IEnumerable<(string Target, int Number)> PortalLinks(string[] lines)
    {
        var inCode = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else if (!inCode)
            {
                foreach (var target in LinksOf(lines[i]).Where(IsRelative))
                {
                    yield return (target, i + 1);
                }
            }
        }
    }

    private static IEnumerable<string> LinksOf(string line)
    {
        // What stands between backticks is every second piece.
        var text = string.Concat(line.Split('`').Where((_, i) => i % 2 == 0));
        for (var at = text.IndexOf("](", StringComparison.Ordinal); at >= 0; at = text.IndexOf("](", at + 1, StringComparison.Ordinal))
        {
            var end = text.IndexOf(')', at);
            yield return text[(at + 2)..(end < 0 ? text.Length : end)].Split(' ')[0].Trim('<', '>');
        }

        if (text.StartsWith('[') && text.IndexOf("]: ", StringComparison.Ordinal) is > 0 and var colon)
        {
            yield return text[(colon + 3)..].Trim().Split(' ')[0];
        }
    }

    private static bool IsRelative(string target) =>
        !target.StartsWith('#') && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool Exists(string file, string target)
    {
        var path = Uri.UnescapeDataString(target.Split('#')[0]);
        var from = path.StartsWith('/') ? Repository.Root : Path.Combine(Repository.Root, Path.GetDirectoryName(file)!);
        return Path.Exists(Path.GetFullPath(Path.Combine(from, path.TrimStart('/'))));
    }
}
