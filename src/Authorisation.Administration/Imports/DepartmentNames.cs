using System.Text;
using Authorisation.Administration.Organisations;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Finds departments by what people write: a name, a way down to it such as <c>Teknik / Verkstad</c>, or an id.
/// </summary>
internal sealed class DepartmentNames
{
    private const int NamesTold = 10;
    private const string Step = "/";

    private readonly IReadOnlyList<DepartmentRow> _departments;
    private readonly ILookup<string, Guid> _byName;

    public DepartmentNames(IReadOnlyList<DepartmentRow> departments)
    {
        _departments = departments;
        var all = departments.ToDictionary(one => one.Id);
        _byName = departments.SelectMany(one => NamesOf(one, all).Append(Normalise(one.Id.ToString())), (one, name) => (one.Id, Name: name))
            .Distinct().ToLookup(pair => pair.Name, pair => pair.Id, StringComparer.Ordinal);
    }

    /// <summary>The department, or what to write instead.</summary>
    public (Guid? Id, string Advice) Find(string text)
    {
        var found = _byName[Normalise(text)].ToList();
        return found.Count switch
        {
            1 => (found[0], ""),
            0 => (null, "must be the name of an open department of the organisation, such as "
                + string.Join(", ", _departments.Take(NamesTold).Select(one => one.Name))),
            _ => (null, "is the name of several departments: write the name of the one above before it, "
                + "such as Teknik / Verkstad, or the department's id"),
        };
    }

    // "verkstad", "teknik/verkstad", "bolaget/teknik/verkstad".
    private static IEnumerable<string> NamesOf(DepartmentRow department, Dictionary<Guid, DepartmentRow> all)
    {
        var name = Normalise(department.Name);
        yield return name;
        for (var above = department.ParentId; above is { } id && all.TryGetValue(id, out var parent); above = parent.ParentId)
        {
            name = Normalise(parent.Name) + Step + name;
            yield return name;
        }
    }

    // However it was composed, spaced and capitalised.
    private static string Normalise(string text)
    {
        var steps = text.Normalize(NormalizationForm.FormC).Replace(">", Step, StringComparison.Ordinal).Split(Step)
            .Select(static step => string.Join(' ', step.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return string.Join(Step, steps).ToUpperInvariant();
    }
}
