using System.Globalization;

namespace Authorisation.Schema;

/// <summary>One numbered step of the schema, embedded as <c>NNNN_name.sql</c>.</summary>
/// <param name="Version">The number; the schema's version after it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Sql">What it does, within one transaction.</param>
public sealed record Migration(int Version, string Name, string Sql)
{
    private const int DigitsInVersion = 4;
    private const string Folder = "Authorisation.Schema.Migrations.";

    /// <summary>All that this program knows, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        .. typeof(Migration).Assembly.GetManifestResourceNames()
            .Select(name => name[Folder.Length..])
            .Where(file => char.IsAsciiDigit(file[0]))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    /// <summary>The version of the schema that this program works with.</summary>
    public static int Latest => All[^1].Version;

    /// <summary>The text of a file beside the migrations.</summary>
    internal static string ReadFile(string file)
    {
        using var stream = typeof(Migration).Assembly.GetManifestResourceStream(Folder + file)
            ?? throw new InvalidOperationException($"The assembly has no file {file}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Migration Read(string file) => new(
        int.Parse(file.AsSpan(0, DigitsInVersion), CultureInfo.InvariantCulture),
        file[(DigitsInVersion + 1)..^".sql".Length],
        ReadFile(file));
}
