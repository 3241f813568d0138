namespace Authorisation.Core;

/// <summary>What a credit account is bound to. Stored; the numbers never change.</summary>
public enum InstrumentKind
{
    /// <summary>A travel card, named by the number on its back.</summary>
    Card = 1,

    /// <summary>One traveller's activated app, named by the account's id.</summary>
    App = 2,
}
