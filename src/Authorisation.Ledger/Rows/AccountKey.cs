using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// Which account is asked for: the one that is on an instrument now, or, where an id is given, that very account, which
/// a purchase was made on, whatever has become of its card.
/// </summary>
internal readonly record struct AccountKey(Instrument Instrument, Guid? AccountId = null);
