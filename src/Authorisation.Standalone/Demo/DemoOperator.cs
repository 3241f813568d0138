namespace Authorisation.Standalone.Demo;

/// <summary>What can be called at one operator of the demo.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="ValidatorToken">
/// Buys on cards, captures and voids what it sold, and reports what it sold out of reach.
/// </param>
/// <param name="ConsoleToken">Buys on cards, and voids and refunds the day's card purchases.</param>
/// <param name="AppBackendToken">Buys on any app account, and captures, voids and refunds there.</param>
/// <param name="App">An activated app.</param>
/// <param name="Card">A card with credit; null where the operator gives none on cards.</param>
/// <param name="BlockedCard">The number of a card whose credit is blocked; null where there are no cards.</param>
/// <param name="Administrators">The administrators.</param>
internal sealed record DemoOperator(
    string Currency,
    string ValidatorToken,
    string ConsoleToken,
    string AppBackendToken,
    DemoApp App,
    DemoCard? Card,
    string? BlockedCard,
    DemoAdministrators? Administrators = null)
{
    /// <summary>How long a hold keeps its amount.</summary>
    public int HoldSeconds { get; init; }

    /// <summary>The zone whose calendar months are credit months.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>The organisation that the administrators are of.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>
    /// The last month that was closed, as yyyy-MM: its month end and its invoices can be read; null before the first.
    /// </summary>
    public string? LastClosedMonth { get; init; }

    /// <summary>The number of a card without credit: for an advice that a clerk has to match.</summary>
    public string? UnknownCard { get; init; }

    /// <summary>What the operator's ticket system calls the control plane with.</summary>
    public string? TicketSystemToken { get; init; }

    /// <summary>The traveller of <see cref="App"/>, who can sign in and sees what is theirs.</summary>
    public DemoPerson? Traveller { get; init; }

    /// <summary>What the operator sells.</summary>
    public IReadOnlyList<DemoProduct>? Products { get; init; }

    /// <summary>The address that employees order subscriptions by; null where there are none.</summary>
    public Uri? OrderLink { get; init; }
}

/// <summary>A product of the demo.</summary>
/// <param name="Product">Its code.</param>
/// <param name="Name">Its name, in the operator's language.</param>
/// <param name="PriceMinor">VAT included, in minor units.</param>
/// <param name="SoldBy">Where it is sold: <c>credit</c>, <c>order</c>, <c>staff_offer</c>, <c>subscription</c>.</param>
internal sealed record DemoProduct(string Product, string Name, long PriceMinor, IReadOnlyList<string> SoldBy);

/// <summary>The people who can sign in to the control plane.</summary>
/// <param name="Staff">Operator staff: everything at the operator.</param>
/// <param name="Organisation">Administers the whole of the organisation.</param>
/// <param name="Department">Administers one department of it.</param>
internal sealed record DemoAdministrators(DemoPerson Staff, DemoPerson Organisation, DemoPerson Department);

/// <summary>A person with a password.</summary>
internal sealed record DemoPerson(string Email, string Password);

/// <summary>An activated app of the demo.</summary>
internal sealed record DemoApp(Guid AppAccountId, string AppToken, long LimitMinor);

/// <summary>A card with credit.</summary>
internal sealed record DemoCard(string CardNumber, long LimitMinor);
