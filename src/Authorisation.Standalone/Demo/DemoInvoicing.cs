using Authorisation.Admin.Invoices;
using Authorisation.Admin.Organisations;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Demo;

/// <summary>Says how the demo's operators invoice, and where their customers want the invoices.</summary>
/// <remarks>The numbers have the right check digits and are those of examples.</remarks>
internal static class DemoInvoicing
{
    private const int PaymentDays = 30;

    /// <summary>Sets it for each operator of the demo that has not set it.</summary>
    public static async Task SetAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        // How the control plane's rows are read. It says so when it is built, which comes later; and how a row was read the
        // first time is remembered.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        await using var db = await owner.OpenConnectionAsync(cancel);
        foreach (var profile in OperatorProfile.All)
        {
            if (await OperatorTerms.FindAsync(db, profile.Terms.Code) is { } terms
                && await Invoicing.FindAsync(db, terms.Id) is null)
            {
                await Of(terms).SaveAsync(db, terms.Id);
            }
        }
    }

    /// <summary>Gives a customer what an e-invoice to it needs.</summary>
    public static async Task AddressAsync(NpgsqlDataSource owner, OperatorProfile profile, DemoPlace place)
    {
        await using var db = await owner.OpenConnectionAsync();
        var isNorwegian = profile.Administration.Country == "NO";
        var address = isNorwegian
            ? new PostalAddress("Storgata 1", "4611", "Kristiansand")
            : new PostalAddress("Storgatan 1", "553 20", "Jönköping");
        await db.ExecuteAsync(
            """
            update organisation set organisation_number = @number, billing_address = @address::jsonb where id = @OrganisationId
            """,
            new { number = isNorwegian ? "999990002" : "5599990008", address = PostalAddress.Write(address), place.OrganisationId });
    }

    private static Invoicing Of(OperatorTerms terms)
    {
        var isNorwegian = terms.Country == "NO";
        return new Invoicing
        {
            Seller = new Party
            {
                Name = terms.Name,
                OrganisationNumber = isNorwegian ? "974761076" : "5566778899",
                VatNumber = isNorwegian ? "NO974761076MVA" : "SE556677889901",
                Country = terms.Country,
                PostalAddress = isNorwegian
                    ? new PostalAddress("Dronningens gate 1", "4610", "Kristiansand")
                    : new PostalAddress("Torget 1", "831 30", "Östersund"),
                Contact = new PartyContact("Ekonomi", null, $"faktura@{terms.Code}.example"),
                IsApprovedForFTax = !isNorwegian,
                IsInForetaksregisteret = isNorwegian,
            },
            Payment = isNorwegian
                ? new PaymentDetails { NorwegianAccount = "86011117947", TermsDays = PaymentDays }
                : new PaymentDetails { Bankgiro = "50501055", TermsDays = PaymentDays },
            PaymentDays = PaymentDays,
            NumberPrefix = "",
            NextNumber = 1,
            ItemisesCards = true,
            ShowsPurchasesAtOnce = true,
            Revision = 1,
        };
    }
}
