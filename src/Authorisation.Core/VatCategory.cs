namespace Authorisation.Core;

/// <summary>
/// The categories of UNCL5305 that a ticket can have. Stored as their letter; the numbers are the letters' code points.
/// </summary>
public enum VatCategory
{
    /// <summary>S, standard rated: any rate above 0.</summary>
    Standard = 'S',

    /// <summary>Z, zero rated.</summary>
    ZeroRated = 'Z',

    /// <summary>O, outside the scope of VAT; its rate is 0.</summary>
    OutsideScope = 'O',
}
