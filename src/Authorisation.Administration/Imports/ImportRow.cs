namespace Authorisation.Administration.Imports;

/// <summary>
/// A row of a file that is staged to be applied. What the file leaves empty is null and stays as it is.
/// </summary>
internal sealed record ImportRow
{
    public required int Line { get; init; }

    public required string Email { get; init; }

    public string Name { get; init; } = "";

    public string? Mobile { get; init; }

    public Guid? DepartmentId { get; init; }

    public long? LimitMinor { get; init; }
}
