using Authorisation.Core;

namespace Authorisation.Ledger.Reads;

/// <summary>What the ledger says about an id.</summary>
/// <param name="History">The authorisation; <see langword="null"/> when the id was never seen.</param>
/// <param name="Now">When this was read, by the database's clock.</param>
public sealed record AuthorisationReading(AuthorisationHistory? History, DateTimeOffset Now);
