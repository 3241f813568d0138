using System.Text.RegularExpressions;
using Authorisation.Core;
using Authorisation.Hosting.Settings;
using Authorisation.Ledger.Database;

namespace Authorisation.Server.Settings;

/// <summary>
/// The settings of the ledgers: <c>Ledger:ConnectionString</c> and what stands beside it for the one that every server
/// has, and <c>Ledger:Others:NAME:ConnectionString</c> for each more. What is not set of another ledger is as it is set
/// of the first.
/// </summary>
internal static partial class LedgerSettings
{
    private const string Section = "Ledger";
    private const string Others = "Ledger:Others";

    private static readonly string[] OfEach = ["ConnectionString", "Lanes", "RequireSynchronousStandby"];

    /// <summary>The names of all that can be set, of the ledgers that are named too.</summary>
    public static IEnumerable<string> Names(IConfiguration configuration) =>
        SectionsOf(configuration).SelectMany(static section => OfEach.Select(one => $"{section}:{one}"));

    /// <summary>The setting that leads to a ledger.</summary>
    public static string ConnectionStringOf(string ledger) =>
        ledger == LedgerOptions.DefaultName ? $"{Section}:ConnectionString" : $"{Others}:{ledger}:ConnectionString";

    /// <summary>Reads all ledgers; the first is the one of <c>Ledger:ConnectionString</c>.</summary>
    /// <exception cref="SettingException">A setting is missing or cannot be used.</exception>
    public static IReadOnlyList<LedgerOptions> Read(SettingReader settings, IConfiguration configuration)
    {
        var first = ReadOne(settings, Section, LedgerOptions.DefaultName, new LedgerOptions());
        var ledgers = SectionsOf(configuration).Skip(1)
            .Select(section => ReadOne(settings, section, NameOf(section), first))
            .Prepend(first)
            .ToList();
        return ledgers.Count <= Limits.LedgersMax
            ? ledgers
            : throw new SettingException(Others, $"has {ledgers.Count - 1} ledgers; one server has at most {Limits.LedgersMax - 1} beside the first");
    }

    private static IEnumerable<string> SectionsOf(IConfiguration configuration) => configuration.GetSection(Others).GetChildren()
        .Select(static one => $"{Others}:{one.Key}")
        .Order(StringComparer.Ordinal)
        .Prepend(Section);

    private static string NameOf(string section)
    {
        var name = section[(Others.Length + 1)..];
        return name.Length <= Limits.LedgerNameCharactersMax && Name().IsMatch(name) && name != LedgerOptions.DefaultName
            ? name
            : throw new SettingException(
                section,
                $"is no name for a ledger: it takes small letters, digits and hyphens, {Limits.LedgerNameCharactersMax} at most, beginning "
                + $"with a letter, and not {LedgerOptions.DefaultName}");
    }

    private static LedgerOptions ReadOne(SettingReader settings, string section, string name, LedgerOptions otherwise)
    {
        var connectionString = settings.Required($"{section}:ConnectionString");
        SettingReader.RequireReadable(
            $"{section}:ConnectionString", () => _ = new Npgsql.NpgsqlConnectionStringBuilder(connectionString));
        return new LedgerOptions
        {
            Name = name,
            ConnectionString = connectionString,
            Lanes = settings.Integer($"{section}:Lanes", otherwise.Lanes, 1, Limits.CommitLanesMax),
            RequireSynchronousStandby = settings.Boolean($"{section}:RequireSynchronousStandby", otherwise.RequireSynchronousStandby),
        };
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
