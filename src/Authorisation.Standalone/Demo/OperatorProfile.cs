using Authorisation.Core;
using Authorisation.Provisioning;

namespace Authorisation.Standalone.Demo;

/// <summary>One of the four operators whose rules the demo shows, and the organisation that travels with it.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Administration">Its terms of administration.</param>
/// <param name="Organisation">A customer of the operator.</param>
/// <param name="Department">A part of it.</param>
/// <param name="BillingReference">What the department's invoices are marked with.</param>
internal sealed record OperatorProfile(
    NewOperator Terms, AdministrationTerms Administration, string Organisation, string Department, string BillingReference)
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromMinutes(15);

    /// <summary>All four, in the order they are shown.</summary>
    public static IReadOnlyList<OperatorProfile> All { get; } =
    [
        new(
            new("jonkoping", "Jönköpings Länstrafik", "SEK", "Europe/Stockholm", OffersCardCredit: false,
                PurposeRule.Required, VatBasisPoints: 600, HoldTime),
            new("SE", "sv", true, 1_500_000, ActivationLogin.UserName, "JLT"),
            "Vätterns Teknik AB", "Försäljning", "4711"),
        new(
            new("jamtland", "Länstrafiken i Jämtland", "SEK", "Europe/Stockholm", OffersCardCredit: true,
                PurposeRule.KeptIfGiven, VatBasisPoints: 600, HoldTime),
            new("SE", "sv", true, 600_000, ActivationLogin.Email, "LTR"),
            "Storsjö Hemtjänst AB", "Hemtjänst Frösön", "REF-2040"),
        new(
            new("kalmar", "Kalmar länstrafik", "SEK", "Europe/Stockholm", OffersCardCredit: false,
                PurposeRule.Required, VatBasisPoints: 600, HoldTime),
            new("SE", "sv", true, 1_500_000, ActivationLogin.UserName, "KLT"),
            "Ölands Bygg AB", "Projektering", "ansvar 310"),
        new(
            new("akt", "AKT", "NOK", "Europe/Oslo", OffersCardCredit: false,
                PurposeRule.NotKept, VatBasisPoints: 1200, HoldTime),
            new("NO", "nb", true, null, ActivationLogin.Mobile, "AKT"),
            "Sørlandet Regnskap AS", "Kristiansand", "KS-88"),
    ];

    /// <summary>One of them, by its code.</summary>
    public static OperatorProfile Of(string code) => All.First(one => one.Terms.Code == code);
}
