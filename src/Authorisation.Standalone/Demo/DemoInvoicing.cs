using Authorisation.Administration.Organisations;
using Authorisation.Billing.Invoices;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// What invoices need at the demo's operators: the seller, where to pay, and where the customer is. All of it is made
/// up, with numbers whose check digits are right, so that the e-invoices are valid.
/// </summary>
internal sealed class DemoInvoicing(NpgsqlDataSource owner)
{
    private const int PaymentDays = 30;
    private const long FirstNumber = 1001;

    private static readonly ProductTexts SwedishTexts = TextsOf("Enkelbiljett, vuxen");
    private static readonly ProductTexts NorwegianTexts = TextsOf("Enkeltbillett, voksen");

    private static readonly Dictionary<string, Invoicing> Sellers = new(StringComparer.Ordinal)
    {
        ["jonkoping"] = Swedish("Jönköpings Länstrafik", "5569000010", new("Västra Storgatan 18", "553 15", "Jönköping"), "JLT-"),
        ["jamtland"] = Swedish("Länstrafiken i Jämtland", "5569000028", new("Kyrkgatan 43", "831 25", "Östersund"), "LTR-"),
        ["kalmar"] = Swedish("Kalmar länstrafik", "5569000036", new("Stationsgatan 1", "392 32", "Kalmar"), "KLT-"),
        ["akt"] = With(
            new Party
            {
                Name = "AKT",
                OrganisationNumber = "999000010",
                VatNumber = "NO999000010MVA",
                Country = "NO",
                PostalAddress = new("Tordenskjolds gate 67", "4614", "Kristiansand"),
                Contact = new("Regnskap", "+4738000000", "faktura@akt.example"),
                IsInForetaksregisteret = true,
            },
            new PaymentDetails { NorwegianAccount = "86011117947", TermsDays = PaymentDays },
            "AKT-"),
    };

    private static readonly Dictionary<string, (string Number, PostalAddress Address)> Buyers = new(StringComparer.Ordinal)
    {
        ["jonkoping"] = ("5569000044", new("Skolgatan 4", "553 16", "Jönköping")),
        ["jamtland"] = ("5569000051", new("Fröjavägen 2", "832 43", "Frösön")),
        ["kalmar"] = ("5569000069", new("Storgatan 11", "387 31", "Borgholm")),
        ["akt"] = ("999000029", new("Markens gate 8", "4610", "Kristiansand")),
    };

    /// <summary>Sets what is not set yet.</summary>
    public async Task SetAsync(string code, DemoPlace place)
    {
        await using var db = await owner.OpenConnectionAsync();
        if (!await db.ExecuteScalarAsync<bool>(
            "select exists (select from billing.invoicing where operator_id = @OperatorId)", new { place.OperatorId }))
        {
            var texts = code == "akt" ? NorwegianTexts : SwedishTexts;
            var seller = Sellers[code] with { ProductTextsId = await texts.AddAsync(db, place.OperatorId) };
            await seller.SaveAsync(db, place.OperatorId);
        }

        var (number, address) = Buyers[code];
        await db.ExecuteAsync(
            """
            update organisation g
            set organisation_number = @number, billing_address = @address::jsonb
            where g.id = @OrganisationId and g.organisation_number is null
              and not exists (
                select from organisation x
                where x.operator_id = g.operator_id and x.organisation_number = @number and x.status = 2)
            """,
            new { number, address = PostalAddress.Write(address), place.OrganisationId });
    }

    private static ProductTexts TextsOf(string single) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { [DemoCaller.Product] = single });

    private static Invoicing Swedish(string name, string number, PostalAddress address, string prefix) => With(
        new Party
        {
            Name = name,
            OrganisationNumber = number,
            VatNumber = $"SE{number}01",
            Country = "SE",
            PostalAddress = address,
            Contact = new("Ekonomi", "+46101000000", "faktura@example.com"),
            IsApprovedForFTax = true,
        },
        new PaymentDetails { Bankgiro = "50501055", TermsDays = PaymentDays },
        prefix);

    private static Invoicing With(Party seller, PaymentDetails payment, string prefix) => new()
    {
        Seller = seller,
        Payment = payment,
        PaymentDays = PaymentDays,
        NumberPrefix = prefix,
        NextNumber = FirstNumber,
        ItemisesCards = true,
        ShowsPurchasesAtOnce = true,
        Revision = 1,
    };
}
