using Authorisation.Administration.Organisations;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Invoices to test with, plain ones and random ones.</summary>
internal static class SampleInvoices
{
    public const string NastyText = "\u0000\u0001a\u000b<&>\"'\ud800 ]]> Åsa 🚌 \ufffe\u0085\r\n=1+1";

    public static readonly CreditMonth November = CreditMonth.FromNumber(202611);

    public static readonly Locale Swedish = new("sv", TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm"));

    public static readonly Locale Norwegian = new("nb", TimeZoneInfo.FindSystemTimeZoneById("Europe/Oslo"));

    private static readonly DateTimeOffset Start = new(2026, 11, 3, 7, 15, 0, TimeSpan.Zero);

    private static readonly PostalAddress Address = new("Storgatan 1", "553 20", "Jönköping");

    public static readonly Party SwedishSeller = new()
    {
        Name = "Jönköpings Länstrafik AB",
        OrganisationNumber = "556036-0793",
        VatNumber = "SE556036079301",
        Country = "SE",
        PostalAddress = Address,
        Contact = new PartyContact("Kundservice", "0771-444 333", "faktura@example.com"),
        IsApprovedForFTax = true,
        LegalForm = "Säte: Jönköping",
    };

    public static readonly Party NorwegianSeller = new()
    {
        Name = "Agder Kollektivtrafikk AS",
        OrganisationNumber = "974 761 076",
        VatNumber = "974761076 MVA",
        Country = "NO",
        PostalAddress = new PostalAddress("Storgata 1", "4611", "Kristiansand"),
        IsInForetaksregisteret = true,
    };

    public static readonly Party SwedishBuyer = new()
    {
        Name = "Stockholms kommun",
        OrganisationNumber = "212000-0142",
        VatNumber = "SE212000014201",
        Country = "SE",
        PostalAddress = Address,
    };

    public static readonly Party NorwegianBuyer = new()
    {
        Name = "Kristiansand kommune",
        OrganisationNumber = "985399077",
        Country = "NO",
        PostalAddress = new PostalAddress("Rådhusgata 18", "4611", "Kristiansand"),
        ElectronicAddress = new ElectronicAddress("0088", "7080000000005"),
    };

    public static readonly PaymentDetails SwedishPayment = new() { Bankgiro = "5050-1055", Plusgiro = "4-2", TermsDays = 30 };

    public static readonly PaymentDetails NorwegianPayment = new()
    {
        Iban = "NO93 8601 1117 947",
        Bic = "DNBANOKK",
        NorwegianAccount = "8601.11.17947",
        TermsDays = 14,
        Text = "14 dager, KID påføres",
    };

    /// <summary>An app's purchase in November; what matters to a test it says with <c>with</c>.</summary>
    public static BilledRow Row(long amountMinor, int number = 1) => new()
    {
        Id = Id(1, number),
        AmountMinor = amountMinor,
        VatBasisPoints = 600,
        VatCategory = VatCategory.Standard,
        DepartmentId = Id(3, 1),
        Department = "Ekonomi",
        TravellerId = Id(4, 1),
        Traveller = "Anna Ek",
        OccurredAt = Start.AddMinutes(number),
        RecordedAt = Start.AddMinutes(number).AddSeconds(1),
        CreditMonth = November,
    };

    /// <summary>A line without its net.</summary>
    public static InvoiceLine Line(int number, int basisPoints, long grossMinor) => new()
    {
        Number = number,
        DepartmentId = Id(3, 1),
        Department = "Ekonomi",
        Instrument = InvoiceLines.App,
        Name = "Köp",
        Description = "Köp",
        Count = 1,
        NetMinor = 0,
        VatBasisPoints = basisPoints,
        VatCategory = VatCategory.Standard,
        GrossMinor = grossMinor,
    };

    /// <summary>A Swedish invoice of these rows.</summary>
    public static Invoice Of(params IReadOnlyList<BilledRow> rows) => Of(rows, itemisesCards: true);

    public static Invoice Of(IReadOnlyList<BilledRow> rows, bool itemisesCards)
    {
        var lines = InvoiceLines.Of(rows, November, itemisesCards, Swedish, ProductTexts.None);
        return new Invoice
        {
            Id = Id(6, 1),
            Number = "JLT-1001",
            Kind = InvoiceKind.Invoice,
            OperatorCode = "jonkoping",
            OrganisationId = Id(7, 1),
            Organisation = "Stockholms kommun",
            BillingReference = "REF-17",
            Month = November,
            Currency = "SEK",
            PublishedOn = new DateOnly(2026, 12, 1),
            DueOn = new DateOnly(2026, 12, 31),
            Seller = SwedishSeller,
            Payment = SwedishPayment,
            Buyer = SwedishBuyer,
            Taxes = InvoiceLines.Subtotals(lines),
            Lines = lines,
        };
    }

    /// <summary>As a credit note for an earlier invoice.</summary>
    public static Invoice AsCredit(this Invoice invoice) => invoice with
    {
        Kind = InvoiceKind.CreditNote,
        Corrects = [new InvoiceReference("JLT-900", new DateOnly(2026, 11, 2)), new InvoiceReference("JLT-901", new DateOnly(2026, 11, 3))],
    };

    /// <summary>As a Norwegian operator's.</summary>
    public static Invoice AsNorwegian(this Invoice invoice) => invoice with
    {
        Currency = "NOK",
        Seller = NorwegianSeller,
        Buyer = NorwegianBuyer,
        Payment = NorwegianPayment,
    };

    /// <summary>Any valid invoice: of either country and kind, any mix of categories, rates, signs, sizes and texts.</summary>
    public static Invoice Any(Random random)
    {
        var isNorwegian = random.Next(2) == 0;
        var isCredit = random.Next(3) == 0;
        var kinds = Rates(random, isNorwegian);
        var rows = Enumerable.Range(1, random.Next(1, 40)).Select(number => AnyRow(random, number, isCredit, kinds)).ToList();
        if (rows.Sum(row => row.AmountMinor) is 0 || random.Next(10) == 0)
        {
            rows = [AnyRow(random, 1, isCredit, kinds)];
        }

        var invoice = Of(rows, itemisesCards: random.Next(2) == 0);
        invoice = isNorwegian ? invoice.AsNorwegian() : invoice;
        invoice = isCredit ? invoice.AsCredit() : invoice;
        return random.Next(3) == 0 ? invoice with { BillingReference = NastyText, Organisation = NastyText } : invoice;
    }

    private static (VatCategory Category, int BasisPoints)[] Rates(Random random, bool isNorwegian)
    {
        (VatCategory, int)[] all =
        [
            (VatCategory.Standard, 600), (VatCategory.Standard, 1_200), (VatCategory.Standard, 2_500),
            (VatCategory.ZeroRated, 0), (VatCategory.OutsideScope, 0),
        ];
        all = isNorwegian ? [.. all, (VatCategory.Standard, random.Next(1, 10_001))] : all;
        return random.Next(4) == 0 ? [(VatCategory.OutsideScope, 0)] : [.. random.GetItems(all, random.Next(1, 5))];
    }

    private static BilledRow AnyRow(Random random, int number, bool isCredit, (VatCategory Category, int BasisPoints)[] kinds)
    {
        var size = (long)Math.Pow(1e9, random.NextDouble());
        var (category, basisPoints) = kinds[random.Next(kinds.Length)];
        var person = random.Next(1, 4);
        return Row((random.Next(4) == 0) == isCredit ? size : -size, number) with
        {
            Kind = random.Next(3) == 0 ? (OperationKind)random.Next(1, 7) : null,
            VatCategory = category,
            VatBasisPoints = basisPoints,
            CostCentre = random.Next(3) == 0 ? "4217" : null,
            TravellerId = Id(4, person),
            Traveller = random.Next(5) == 0 ? NastyText : $"Resenär {person}",
            CardNumber = random.Next(2) == 0 ? $"990000000000{1000 + person}" : null,
            Purpose = random.Next(3) == 0 ? NastyText : "Kundbesök",
            Product = random.Next(3) == 0 ? "single-adult" : null,
            OccurredAt = random.Next(3) == 0 ? Start.AddDays(random.Next(-60, 60)) : null,
            CreditMonth = random.Next(4) == 0 ? CreditMonth.FromNumber(202610) : November,
        };
    }

    private static Guid Id(byte kind, int number) => new(number, 0, 0, kind, 0, 0, 0, 0, 0, 0, 0);
}
