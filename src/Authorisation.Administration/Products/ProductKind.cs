namespace Authorisation.Administration.Products;

/// <summary>What kind of ticket a product is. Stored; the numbers never change.</summary>
internal enum ProductKind
{
    /// <summary>One journey.</summary>
    Single = 1,

    /// <summary>A day, or 24 hours.</summary>
    Day = 2,

    /// <summary>Some days within a longer time.</summary>
    Flex = 3,

    /// <summary>A period such as 30 days.</summary>
    Period = 4,

    /// <summary>A year.</summary>
    Year = 5,

    /// <summary>Renewed each month until it is ended.</summary>
    Subscription = 6,
}
