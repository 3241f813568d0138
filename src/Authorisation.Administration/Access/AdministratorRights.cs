namespace Authorisation.Administration.Access;

/// <summary>What an administrator may change or look into. Stored; the numbers never change.</summary>
[Flags]
internal enum AdministratorRights
{
    /// <summary>
    /// To look; and for administrators of the whole organisation, to change its details and its departments, for which
    /// there is no separate right.
    /// </summary>
    None = 0,

    /// <summary>
    /// Travellers: add, work, remove, import. Where that touches open credit, together with the next.
    /// </summary>
    Travellers = 1,

    /// <summary>Credits: give, work, block, take away; send codes.</summary>
    Credits = 2,

    /// <summary>Look into what travellers bought.</summary>
    Purchases = 4,

    /// <summary>Look into statements and invoices.</summary>
    Reports = 8,

    /// <summary>Invite, change and remove administrators.</summary>
    Administrators = 16,

    /// <summary>All of them.</summary>
    All = Travellers | Credits | Purchases | Reports | Administrators,
}
