using System.Globalization;
using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Administration.Messages;

internal static partial class MessageTexts
{
    /// <summary>The SMS with the code that shows that somebody has a telephone.</summary>
    public static string PhoneCode(OperatorTerms terms, string code) => terms.Language switch
    {
        "nb" => $"{terms.Name}: koden din er {code}. Den gjelder i 10 minutter. Gi den ikke til noen.",
        "en" => $"{terms.Name}: your code is {code}. It is valid for 10 minutes. Give it to nobody.",
        _ => $"{terms.Name}: din kod är {code}. Den gäller i 10 minuter. Ge den inte till någon.",
    };

    /// <summary>The SMS that says that a subscription begins, and where it is found.</summary>
    /// <param name="terms">The operator.</param>
    /// <param name="product">The product's name.</param>
    /// <param name="first">Its first day.</param>
    /// <param name="link">What opens the operator's app; null where the operator has none.</param>
    public static string SubscriptionApproved(OperatorTerms terms, string product, DateOnly first, string? link)
    {
        var day = first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var end = link is null ? "" : " " + link;
        return terms.Language switch
        {
            "nb" => $"{terms.Name}: abonnementet ditt, {product}, gjelder fra {day}. Du finner billetten i appen, med dette mobilnummeret.{end}",
            "en" => $"{terms.Name}: your subscription, {product}, is valid from {day}. You find the ticket in the app, with this mobile number.{end}",
            _ => $"{terms.Name}: ditt abonnemang, {product}, gäller från {day}. Du hittar biljetten i appen, med det här mobilnumret.{end}",
        };
    }

    /// <summary>The SMS that says that a subscription was refused, with the employer's words.</summary>
    public static string SubscriptionRefused(OperatorTerms terms, string reason)
    {
        var why = OutsideText.Of(reason, Limits.NameInSmsCharactersMax);
        return terms.Language switch
        {
            "nb" => $"{terms.Name}: arbeidsgiveren din har avslått abonnementet: {why}",
            "en" => $"{terms.Name}: your employer refused the subscription: {why}",
            _ => $"{terms.Name}: din arbetsgivare har avslagit abonnemanget: {why}",
        };
    }
}
