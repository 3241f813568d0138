using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Administration.StaffOffers;

/// <summary>What is written about staff offers, in the operator's language.</summary>
internal static class StaffOfferTexts
{
    /// <summary>Why the ticket was ordered, as the invoice says it.</summary>
    public static string Reason(OperatorTerms terms) => terms.Language switch
    {
        "nb" => "Personaltilbud",
        "en" => "Staff offer",
        _ => "Personalerbjudande",
    };

    /// <summary>To administrators: somebody has applied.</summary>
    public static (string Subject, string Text) ToDecide(OperatorTerms terms, string traveller)
    {
        var name = OutsideText.Of(traveller, Limits.NameInEmailCharactersMax);
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: en søknad om personaltilbud venter", $"Hei!\n\n{name} har søkt om et personaltilbud. Godkjenn eller avslå det under Billetter."),
            "en" => ($"{terms.Name}: an application for a staff offer waits", $"Hello,\n\n{name} has applied for a staff offer. Approve or refuse it under Tickets."),
            _ => ($"{terms.Name}: en ansökan om personalerbjudande väntar", $"Hej!\n\n{name} har ansökt om ett personalerbjudande. Bevilja eller avslå den under Biljetter."),
        };
    }

    /// <summary>To the traveller: it was approved, or refused with the employer's words.</summary>
    public static (string Subject, string Text) Decided(OperatorTerms terms, string product, string? refusal)
    {
        var why = refusal is null ? "" : OutsideText.Of(refusal, Limits.NameInSmsCharactersMax);
        var text = (terms.Language, refusal) switch
        {
            ("nb", null) => $"{terms.Name}: søknaden din om {product} er godkjent.",
            ("nb", _) => $"{terms.Name}: søknaden din om {product} er avslått: {why}",
            ("en", null) => $"{terms.Name}: your application for {product} was approved.",
            ("en", _) => $"{terms.Name}: your application for {product} was refused: {why}",
            (_, null) => $"{terms.Name}: din ansökan om {product} är beviljad.",
            _ => $"{terms.Name}: din ansökan om {product} har avslagits: {why}",
        };
        return ($"{terms.Name}: {Reason(terms)}", text);
    }
}
