namespace Authorisation.Core;

/// <summary>What was decided about a purchase. Stored and sent; the numbers never change.</summary>
public enum Decision : byte
{
    /// <summary>The purchase may be made: its amount counts as spent.</summary>
    Approved = 1,

    /// <summary>The purchase may not be made: it consumes nothing.</summary>
    Declined = 2,
}
