using Authorisation.Core;

namespace Authorisation.Administration.Charges;

/// <summary>What charges say on invoices, in the operator's language: Swedish unless it is Norwegian or English.</summary>
internal static class ChargeTexts
{
    /// <summary>A ticket in an app.</summary>
    public static string ToApp(string language, string product) =>
        $"{product}, {In(language, "till app", "til app", "to an app")}";

    /// <summary>A ticket on a card, by the last four digits of its number.</summary>
    public static string ToCard(string language, string product, string cardNumber) =>
        $"{product}, {In(language, "till kort", "til kort", "to card")} ····{cardNumber[^4..]}";

    /// <summary>A month of a subscription.</summary>
    public static string SubscriptionMonth(string language, string product, CreditMonth month) =>
        $"{product}, {In(language, "abonnemang", "abonnement", "subscription")} {month}";

    /// <summary>What stands before the description of a charge that is taken back.</summary>
    public static string TakenBack(string language) => In(language, "Makulerad", "Makulert", "Cancelled");

    private static string In(string language, string swedish, string norwegian, string english) => language switch
    {
        "nb" => norwegian,
        "en" => english,
        _ => swedish,
    };
}
