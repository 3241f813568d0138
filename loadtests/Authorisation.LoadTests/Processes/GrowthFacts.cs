namespace Authorisation.LoadTests.Processes;

/// <summary>A ledger that has grown.</summary>
/// <param name="Ledger">The server's connection string.</param>
/// <param name="Ids">The file with ids of some of its authorisations, 16 bytes each.</param>
/// <param name="Sizes">The bytes on disk of the table of authorisations and of each of its indexes, by name.</param>
internal sealed record GrowthFacts(string Ledger, string Ids, IReadOnlyDictionary<string, long> Sizes);
