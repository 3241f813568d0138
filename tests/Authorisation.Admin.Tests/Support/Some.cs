using System.Globalization;
using System.Security.Cryptography;

namespace Authorisation.Admin.Tests.Support;

/// <summary>Values that no other test has.</summary>
internal static class Some
{
    public const string Password = "correct horse battery";

    private static int _next = RandomNumberGenerator.GetInt32(1_000_000);

    public static string Email(string who = "person") => $"{who}{Interlocked.Increment(ref _next)}@example.com";

    public static string SwedishMobile() => "+4670" + Number(7);

    public static string NorwegianMobile() => "+479" + Number(7);

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

    private static string Number(int digits) => string.Concat(
        Enumerable.Range(0, digits).Select(_ => RandomNumberGenerator.GetInt32(10).ToString(CultureInfo.InvariantCulture)));
}
