namespace Authorisation.Core;

/// <summary>The bounds of a server that has several ledgers.</summary>
public static partial class Limits
{
    /// <summary>How many ledgers one server has at most. Each takes connections, lanes and memory of its own.</summary>
    public const int LedgersMax = 16;

    /// <summary>The longest name of a ledger, in characters.</summary>
    public const int LedgerNameCharactersMax = 32;
}
