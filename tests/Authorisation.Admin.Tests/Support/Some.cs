using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Authorisation.Admin.Tests.Support;

/// <summary>Values that no other test has.</summary>
internal static class Some
{
    public const string Password = "correct horse battery";

    /// <summary>What is as good as a hash of <see cref="Password"/> as people's, and made in no time.</summary>
    public static readonly string PasswordHash = CheapHasher().HashPassword(Password, Password);

    private static int _next = RandomNumberGenerator.GetInt32(1_000_000);

    /// <summary>
    /// Makes hashing of passwords cheap: as strong as it is for people, it would be a third of what these tests work.
    /// </summary>
    public static void MakeCheap(PasswordHasherOptions options) => options.IterationCount = 100;

    public static string Email(string who = "person") => $"{who}{Next()}@example.com";

    public static string SwedishMobile() => "+4670" + Next();

    public static string NorwegianMobile() => "+479" + Next();

    public static string CardNumber() => "99" + Number(14);

    public static string Mobile(string country) => country == "NO" ? NorwegianMobile() : SwedishMobile();

    /// <summary>A number with the right check digit.</summary>
    public static string OrganisationNumber(string country)
    {
        while (true)
        {
            var number = country == "NO" ? "9" + Number(8) : "55" + Number(8);
            if (Authorisation.Core.OrganisationNumber.TryNormalise(number, country, out var right))
            {
                return right;
            }
        }
    }

    /// <summary>A way to invoice that is right, under a prefix of its own.</summary>
    public static Dictionary<string, object?> Invoicing(string country, bool itemisesCards = true, bool showsPurchasesAtOnce = true)
    {
        var number = OrganisationNumber(country);
        return new(StringComparer.Ordinal)
        {
            ["seller"] = new
            {
                name = "Ett provs länstrafik",
                organisation_number = number,
                vat_number = country == "NO" ? $"NO{number}MVA" : $"SE{number}01",
                address = new { street = "Torget 1", postal_code = "831 30", city = "Östersund" },
                contact = new { name = "Ekonomi", email = "faktura@example.com", phone = "063-16 84 00" },
            },
            ["payment"] = country == "NO" ? (object)new { account = "8601.11.17947" } : new { bankgiro = "5050-1055" },
            ["payment_days"] = 30,
            ["number_prefix"] = "T-",
            ["itemises_cards"] = itemisesCards,
            ["shows_purchases_at_once"] = showsPurchasesAtOnce,
        };
    }

    private static PasswordHasher<string> CheapHasher()
    {
        var options = new PasswordHasherOptions();
        MakeCheap(options);
        return new PasswordHasher<string>(Options.Create(options));
    }

    private static string Next() => Interlocked.Increment(ref _next).ToString("0000000", CultureInfo.InvariantCulture);

    private static string Number(int digits) => string.Concat(
        Enumerable.Range(0, digits).Select(_ => RandomNumberGenerator.GetInt32(10).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Accounts of a bookkeeping that are right.</summary>
    public static Dictionary<string, object?> Accounting() => new(StringComparer.Ordinal)
    {
        ["receivables_account"] = "1510",
        ["rounding_account"] = "3740",
        ["rates"] = new object[]
        {
            new { vat_category = "S", vat_basis_points = 2500, revenue_account = "3001", vat_account = "2611" },
            new { vat_category = "S", vat_basis_points = 1200, revenue_account = "3002", vat_account = "2621" },
            new { vat_category = "S", vat_basis_points = 600, revenue_account = "3003", vat_account = "2631" },
            new { vat_category = "Z", vat_basis_points = 0, revenue_account = "3004" },
            new { vat_category = "O", vat_basis_points = 0, revenue_account = "3004" },
        },
    };
}
