using Authorisation.Administration.Imports;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

/// <summary>Numbers and addresses, however people write them, and whatever else they write.</summary>
public sealed class NormalisingTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static readonly string[] Gaps = ["", " ", "-", ".", "/", "\u00a0", " (", ") "];

    // Landlines, freephone, shared cost, premium rate, companies, pagers and machines; satellites; some of other countries.
    private static readonly string[] NotMobile =
    [
        "+4610", "+4611", "+4620", "+4631", "+4640", "+4675", "+4674", "+4677", "+468", "+46900", "+46939", "+46944",
        "+472", "+473", "+4742", "+4743", "+4744", "+4749", "+475", "+476", "+477", "+478",
        "+4580", "+4590", "+3589", "+358600", "+358700", "+354551", "+354900",
        "+1900", "+1800", "+44870", "+44906", "+33899", "+49900",
        "+800", "+808", "+870", "+878", "+881", "+882", "+883", "+888", "+979",
    ];

    private static Gen<string> Digits(int count) =>
        Gen.Choose(0, 9).ArrayOf(count).Select(digits => string.Concat(digits));

    [Fact]
    public void A_swedish_mobile_number_is_the_same_however_it_is_written()
    {
        var written =
            from second in Gen.Elements("0", "2", "3", "6", "9")
            from rest in Digits(7)
            from gap in Gen.Elements(Gaps)
            from prefix in Gen.Elements("+46", "0046", "0", "+46 (0)", "+46 0")
            select (Text: $"{prefix}7{gap}{second}{rest[..1]}{gap}{rest[1..4]}{gap}{rest[4..]}", Expected: "+467" + second + rest);
        Check.One(Quick, Prop.ForAll(written.ToArbitrary(), one =>
            MobileNumber.TryNormalise(one.Text, "SE", out var e164) && e164 == one.Expected));
    }

    [Fact]
    public void A_norwegian_mobile_number_is_the_same_however_it_is_written()
    {
        var written =
            from first in Gen.Elements("40", "41", "46", "47", "48", "90", "91", "92", "93", "94", "95", "96", "97", "98", "99")
            from rest in Digits(6)
            from gap in Gen.Elements(Gaps)
            from prefix in Gen.Elements("+47", "0047", "")
            select (Text: $"{prefix}{gap}{first}{rest[..1]}{gap}{rest[1..]}", Expected: "+47" + first + rest);
        Check.One(Quick, Prop.ForAll(written.ToArbitrary(), one =>
            MobileNumber.TryNormalise(one.Text, "NO", out var e164) && e164 == one.Expected));
    }

    [Fact]
    public void No_number_of_another_kind_is_taken_for_a_mobile_number()
    {
        var written =
            from start in Gen.Elements(NotMobile)
            from rest in Digits(12)
            from length in Gen.Choose(3, rest.Length)
            select start + rest[..length];
        Check.One(Quick.WithMaxTest(20_000), Prop.ForAll(written.ToArbitrary(), text =>
            !MobileNumber.TryNormalise(text, "SE", out _) && !MobileNumber.TryNormalise(text, "NO", out _)));
    }

    [Fact]
    public void What_was_normalised_stays_as_it_is_and_nothing_throws()
    {
        Check.One(Quick, Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            foreach (var country in new[] { "SE", "NO" })
            {
                if (MobileNumber.TryNormalise(text, country, out var mobile))
                {
                    Assert.True(MobileNumber.TryNormalise(mobile, country, out var again) && again == mobile);
                }

                if (OrganisationNumber.TryNormalise(text, country, out var number))
                {
                    Assert.True(OrganisationNumber.TryNormalise(number, country, out var same) && same == number);
                }

                _ = OrganisationNumber.TryNormaliseVat(text, country, "5560360793", out _);
            }

            if (EmailAddress.TryNormalise(text, out var email))
            {
                Assert.True(EmailAddress.TryNormalise(email, out var same) && same == email);
            }

            _ = MoneyText.TryRead(text ?? "", out _);
            return true;
        }));
    }

    [Fact]
    public void One_wrong_digit_is_always_seen()
    {
        var swedish =
            from rest in Digits(6)
            from place in Gen.Choose(0, 9)
            from shift in Gen.Choose(1, 9)
            select (Body: "556" + rest, Place: place, Shift: shift);
        Check.One(Quick, Prop.ForAll(swedish.ToArbitrary(), one =>
        {
            var right = Enumerable.Range(0, 10).Select(check => one.Body + check).Single(number => OrganisationNumber.TryNormalise(number, "SE", out _));
            var wrong = right[..one.Place] + (((right[one.Place] - '0') + one.Shift) % 10) + right[(one.Place + 1)..];
            return !OrganisationNumber.TryNormalise(wrong, "SE", out _);
        }));
    }

    [Theory]
    [InlineData("500", 50_000)]
    [InlineData("1 500", 150_000)]
    [InlineData("500,50", 50_050)]
    [InlineData("500.50 kr", 50_050)]
    [InlineData("500,5", 50_050)]
    [InlineData("500.5", 50_050)]
    [InlineData("500:-", 50_000)]
    [InlineData("1\u00a0500,-", 150_000)]
    [InlineData("500 NOK", 50_000)]
    [InlineData("\u202a500\u202c", 50_000)]
    [InlineData("500,", null)]
    [InlineData("kr", null)]
    [InlineData("15000", 1_500_000)]
    [InlineData("15,001", null)]
    [InlineData("15.001", null)]
    [InlineData("1.500,00", null)]
    [InlineData("-500", null)]
    [InlineData("5e2", null)]
    [InlineData("", null)]
    [InlineData("99999999999", null)]
    public void Amounts_are_read_as_they_stand_in_files(string text, int? minor) =>
        Assert.Equal((minor is not null, minor ?? 0L), (MoneyText.TryRead(text, out var read), read));

    [Theory]
    [InlineData("+1 202 555 0123", "+12025550123")]
    [InlineData("+1 555 123 4567", null)]
    [InlineData("+49 151 12345678", "+4915112345678")]
    [InlineData("070-174 06 05", "+46701740605")]
    [InlineData("08-123 456 78", null)]
    [InlineData("+46 8 123 456", null)]
    [InlineData("+0701234567", null)]
    [InlineData("070-123 45 6x", null)]
    [InlineData("+4670123456789012", null)]
    [InlineData("+46 71 234 56 78", null)]
    [InlineData("+46 77 123 45 67", null)]
    [InlineData("+45 20 12 34 56", "+4520123456")]
    [InlineData("+45 90 12 34 56", null)]
    [InlineData("+358 40 123 4567", "+358401234567")]
    [InlineData("+358 9 123 4567", null)]
    [InlineData("+354 691 2345", "+3546912345")]
    [InlineData("+354 551 2345", null)]
    public void Numbers_of_other_countries_and_kinds(string text, string? expected) =>
        Assert.Equal(expected, MobileNumber.TryNormalise(text, "SE", out var e164) ? e164 : null);

    [Theory]
    [InlineData("701234599", "SE", "+46701234599")]
    [InlineData("46701234598", "SE", "+46701234598")]
    [InlineData("46701234598", "NO", "+46701234598")]
    [InlineData("4791234567", "NO", "+4791234567")]
    [InlineData("4791234567", "SE", "+4791234567")]
    [InlineData("91234567", "NO", "+4791234567")]
    [InlineData("91234567", "SE", null)]
    [InlineData("\u202a+46 70 123 45 98\u202c", "SE", "+46701234598")]
    [InlineData("\u2066070\u2011123\u2009 45 98\u2069", "SE", "+46701234598")]
    [InlineData("\ufeff0701234598\u200b", "SE", "+46701234598")]
    [InlineData("4,67012E+10", "SE", null)]
    [InlineData("46812345678", "SE", null)]
    public void Numbers_are_read_as_spreadsheets_and_contacts_leave_them(string text, string country, string? expected) =>
        Assert.Equal(expected, MobileNumber.TryNormalise(text, country, out var e164) ? e164 : null);

    [Theory]
    [InlineData("+46771234567", "SE", "a shared-cost number")]
    [InlineData("0771-23 45 67", "SE", "a shared-cost number")]
    [InlineData("020-12 34 56", "SE", "a freephone number")]
    [InlineData("0900-123 45 67", "SE", "a premium-rate number")]
    [InlineData("+1 900 555 0123", "SE", "a premium-rate number")]
    [InlineData("08-123 456 78", "SE", "a landline")]
    [InlineData("010-123 45 67", "SE", "a company number")]
    [InlineData("0740-12 34 56", "SE", "a pager or a machine")]
    [InlineData("+881 612 345 678", "SE", "a satellite or other number of no country")]
    [InlineData("+870 773 111 632", "NO", "a satellite or other number of no country")]
    [InlineData("21 23 45 67", "NO", "a landline")]
    [InlineData("829 12 345", "NO", "a premium-rate number")]
    [InlineData("070-174 06 05", "SE", null)]
    [InlineData("12", "SE", null)]
    public void A_number_that_is_no_mobiles_is_named(string text, string country, string? kind)
    {
        Assert.Equal(kind, MobileNumber.OtherKind(text, country));
        Assert.Equal(text.StartsWith("070", StringComparison.Ordinal), MobileNumber.TryNormalise(text, country, out _));
    }

    [Theory]
    [InlineData("a@example.com", true)]
    [InlineData("  Åsa.Öst+resa@Exämple.se ", true)]
    [InlineData("a@b", false)]
    [InlineData("a b@example.com", false)]
    [InlineData("a@@example.com", false)]
    [InlineData(".a@example.com", false)]
    [InlineData("a@-example.com", false)]
    [InlineData("a@example.com\r\nBcc: x@example.com", false)]
    [InlineData("Anna <a@example.com>", false)]
    public void Addresses(string text, bool isRight) => Assert.Equal(isRight, EmailAddress.TryNormalise(text, out _));
}
