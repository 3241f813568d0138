namespace Authorisation.Admin.Tests.Plans;

/// <summary>What a statement read of a table in one place of its plan.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsWhole">Whether the table was read from its beginning to its end.</param>
/// <param name="Rows">How many rows were read, those that a condition left out included.</param>
internal sealed record LoggedScan(string Table, bool IsWhole, double Rows);
