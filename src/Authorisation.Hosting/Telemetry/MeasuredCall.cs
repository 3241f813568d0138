namespace Authorisation.Hosting.Telemetry;

/// <summary>A call as metrics know it, with its labels made beforehand. Safe to share: it does not change.</summary>
public sealed class MeasuredCall
{
    private readonly KeyValuePair<string, object?>[][] _labels;

    /// <summary>Makes the labels.</summary>
    /// <param name="name">What it is called; never anything that a caller chose.</param>
    /// <param name="statuses">The texts of the statuses that it may end with.</param>
    public MeasuredCall(string name, IReadOnlyList<string> statuses)
    {
        Name = name;
        Statuses = statuses;
        _labels = [.. statuses.Select(status => new KeyValuePair<string, object?>[] { new("call", name), new("status", status) })];
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>The texts of the statuses.</summary>
    internal IReadOnlyList<string> Statuses { get; }

    /// <summary>The labels of a call that ended with a status.</summary>
    internal ReadOnlySpan<KeyValuePair<string, object?>> LabelsOf(int status) => _labels[status];
}
