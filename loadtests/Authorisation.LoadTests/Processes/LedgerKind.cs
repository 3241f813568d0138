namespace Authorisation.LoadTests.Processes;

/// <summary>Which ledger that nothing has been bought on.</summary>
internal enum LedgerKind
{
    /// <summary>As it is.</summary>
    Fresh,

    /// <summary>Without the trigger that notes changes of cards.</summary>
    Untriggered,

    /// <summary>With the tables and the function of the peer that keeps double entry.</summary>
    DoubleEntry,
}
