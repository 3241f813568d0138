using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Administrators;

/// <summary>The names of the rights that administrators are given.</summary>
internal static class RightNames
{
    /// <summary>Each right by its name, in the order in which they are shown.</summary>
    public static IReadOnlyDictionary<string, AdministratorRights> All { get; } =
        new Dictionary<string, AdministratorRights>(StringComparer.Ordinal)
        {
            ["travellers"] = AdministratorRights.Travellers,
            ["credits"] = AdministratorRights.Credits,
            ["purchases"] = AdministratorRights.Purchases,
            ["reports"] = AdministratorRights.Reports,
            ["administrators"] = AdministratorRights.Administrators,
        };

    /// <summary>The names of all rights that there are among some.</summary>
    public static IReadOnlyList<string> Of(AdministratorRights rights) =>
        [.. All.Where(one => rights.HasFlag(one.Value)).Select(one => one.Key)];

    /// <summary>The rights that a field names; each that it names wrongly is an error.</summary>
    public static AdministratorRights Read(Fields fields, string field, IReadOnlyList<string?>? names)
    {
        var rights = AdministratorRights.None;
        foreach (var name in names ?? [])
        {
            if (All.TryGetValue(name ?? "", out var right))
            {
                rights |= right;
            }
            else
            {
                fields.AddNotOneOf(field, [.. All.Keys]);
            }
        }

        return rights;
    }
}
