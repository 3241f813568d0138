using Authorisation.LoadTests.Measure;

namespace Authorisation.LoadTests.Results;

/// <summary>What one kind of call cost, once.</summary>
/// <param name="Microseconds">Processor time of the server, Postgres and Redis together for each call.</param>
/// <param name="Recording">The answers.</param>
internal sealed record GrowthCost(double Microseconds, Recording Recording);

/// <summary>What calls cost on a ledger of one size.</summary>
/// <param name="Rows">How many authorisations it held before.</param>
/// <param name="Purchases">Purchases, as many in flight as saturate, each time that they were measured.</param>
/// <param name="Reads">Reads of an authorisation of any time.</param>
/// <param name="Lists">Lists of what was bought on a card in one of the months.</param>
/// <param name="Sizes">The bytes on disk of the table and of each of its indexes, by name, before.</param>
/// <param name="ServerMebibytes">The memory that the server had in use afterwards.</param>
internal sealed record GrowthPoint(
    long Rows,
    IReadOnlyList<GrowthCost> Purchases,
    IReadOnlyList<GrowthCost> Reads,
    IReadOnlyList<GrowthCost> Lists,
    IReadOnlyDictionary<string, long> Sizes,
    long ServerMebibytes);
