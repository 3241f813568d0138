using System.Text.Json;
using System.Text.RegularExpressions;

namespace Authorisation.Tidy.Tests;

/// <summary>docs/operate/settings.md has every setting with the default that it has in the file of its program.</summary>
public partial class SettingTableTests
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    [Theory]
    [InlineData("## The server", "src/Authorisation.Server/appsettings.json")]
    [InlineData("## The control plane", "src/Authorisation.Admin/adminsettings.json")]
    public void Every_setting_has_a_row_with_its_default(string heading, string file)
    {
        using var settings = JsonDocument.Parse(Repository.Text(file), WithComments);
        var documented = Repository.Lines("docs/operate/settings.md")
            .SkipWhile(line => line != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => $"{match.Groups["name"].Value} = {match.Groups["value"].Value}");

        Assert.Equal(Below(settings.RootElement, ""), documented);
    }

    // Logging is .NET's; Telemetry has its table in docs/operate/metrics.md, which another test compares.
    private static IEnumerable<string> Below(JsonElement section, string path) => section.EnumerateObject()
        .Where(one => path.Length > 0 || one.Name is not ("Logging" or "Telemetry"))
        .SelectMany(one => one.Value.ValueKind == JsonValueKind.Object
            ? Below(one.Value, $"{path}{one.Name}:")
            : [$"{path}{one.Name} = {Text(one.Value)}"]);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString()!.Length == 0 => "empty",
        JsonValueKind.String => $"`{value.GetString()}`",
        _ => $"`{value.GetRawText()}`",
    };

    [GeneratedRegex(@"^\| `(?<name>[\w:]+)` \| (?<value>[^|]+) \| \w", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
