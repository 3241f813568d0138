using System.Globalization;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Migrations;

/// <summary>One numbered step of the schema, embedded as <c>NNNN_name.sql</c>.</summary>
/// <param name="Version">The number; the schema's version after it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Sql">What it does, within one transaction.</param>
public sealed record Migration(int Version, string Name, string Sql)
{
    private const int DigitsInVersion = 4;

    /// <summary>All that this program knows, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
        [.. EmbeddedSql.Names("Migrations").Where(name => char.IsAsciiDigit(name["Migrations.".Length])).Select(Read)];

    /// <summary>The version of the schema that this program works with.</summary>
    public static int Latest => All[^1].Version;

    private static Migration Read(string resource)
    {
        var file = resource["Migrations.".Length..^".sql".Length];
        return new(
            int.Parse(file.AsSpan(0, DigitsInVersion), CultureInfo.InvariantCulture),
            file[(DigitsInVersion + 1)..],
            EmbeddedSql.Read(resource));
    }
}
