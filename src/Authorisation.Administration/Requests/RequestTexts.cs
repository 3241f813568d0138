using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Administration.Requests;

/// <summary>What messages about requests say, in the operator's language.</summary>
internal static class RequestTexts
{
    /// <summary>The e-mail to administrators.</summary>
    public static (string Subject, string Text) ToDecide(OperatorTerms terms, string organisation, string name, string email)
    {
        var (who, where) = (
            OutsideText.Of(name.Length == 0 ? email : name, Limits.NameInEmailCharactersMax),
            OutsideText.Of(organisation, Limits.NameInEmailCharactersMax));
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: en forespørsel venter på deg", $"Hei!\n\n{who} hos {where} har bedt om noe. Logg inn for å se hva det er, og innvilg eller avslå."),
            "en" => ($"{terms.Name}: a request waits for you", $"Hello,\n\n{who} of {where} has asked for something. Sign in to see what it is, and grant or refuse it."),
            _ => ($"{terms.Name}: en begäran väntar på dig", $"Hej!\n\n{who} på {where} har begärt något. Logga in för att se vad det är, och bevilja eller avslå."),
        };
    }

    /// <summary>To the traveller, by e-mail or SMS.</summary>
    public static (string Subject, string Text) Decided(OperatorTerms terms, TravellerRequest request)
    {
        var isGranted = request.State == RequestState.Granted;
        var text = terms.Language switch
        {
            "nb" => $"{terms.Name}: {Norwegian(request.KindValue)} er {(isGranted ? "innvilget" : "avslått")}.",
            "en" => $"{terms.Name}: {English(request.KindValue)} was {(isGranted ? "granted" : "refused")}.",
            _ => $"{terms.Name}: {Swedish(request.KindValue)} har {(isGranted ? "beviljats" : "avslagits")}.",
        };
        return (text.TrimEnd('.'), request.Reason is null ? text : $"{text} {request.Reason}");
    }

    private static string Swedish(RequestKind kind) => kind switch
    {
        RequestKind.MoreCredit => "din begäran om högre kredit",
        RequestKind.NewCode => "din begäran om en ny kod",
        _ => "din begäran om ett nytt mobilnummer",
    };

    private static string Norwegian(RequestKind kind) => kind switch
    {
        RequestKind.MoreCredit => "forespørselen din om høyere kreditt",
        RequestKind.NewCode => "forespørselen din om en ny kode",
        _ => "forespørselen din om et nytt mobilnummer",
    };

    private static string English(RequestKind kind) => kind switch
    {
        RequestKind.MoreCredit => "your request for more credit",
        RequestKind.NewCode => "your request for a new code",
        _ => "your request for another mobile number",
    };
}
