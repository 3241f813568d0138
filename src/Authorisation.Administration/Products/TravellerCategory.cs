namespace Authorisation.Administration.Products;

/// <summary>The travellers that a product is for. Stored by name.</summary>
internal enum TravellerCategory
{
    /// <summary>Grown-ups.</summary>
    Adult = 1,

    /// <summary>Young people.</summary>
    Youth = 2,

    /// <summary>Children.</summary>
    Child = 3,

    /// <summary>Students.</summary>
    Student = 4,

    /// <summary>Older people.</summary>
    Senior = 5,
}
