using Authorisation.Admin.Organisations;
using Authorisation.Core;

namespace Authorisation.Admin.Messages;

/// <summary>What messages say, in the operator's language.</summary>
internal static class Texts
{
    /// <summary>The SMS that brings a traveller the code.</summary>
    public static string Code(OperatorTerms terms, string organisation, string login, string code) => terms.Language switch
    {
        "nb" => $"{terms.Name}: {organisation} har gitt deg kreditt for tjenestereiser. Åpne appen, velg betalingsmåte faktura og skriv inn {LoginInNorwegian(terms, login)} og engangskoden {code}. Koden gjelder i 7 dager.",
        "en" => $"{terms.Name}: {organisation} has given you credit for business travel. Open the app, choose to pay by invoice and enter {LoginInEnglish(terms, login)} and the one-time code {code}. The code is valid for 7 days.",
        _ => $"{terms.Name}: {organisation} har gett dig kredit för tjänsteresor. Öppna appen, välj betalmedel faktura och skriv in {LoginInSwedish(terms, login)} och engångskoden {code}. Koden är giltig i 7 dagar.",
    };

    /// <summary>The e-mail that brings an administrator the link to begin with.</summary>
    public static (string Subject, string Text) Invitation(OperatorTerms terms, string organisation, string link) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: du er administrator for {organisation}", $"Hei!\n\nDu er lagt til som administrator for {organisation} hos {terms.Name}. Velg passordet ditt her innen 7 dager:\n\n{link}\n\nHar du allerede et passord hos oss, skriver du inn det."),
        "en" => ($"{terms.Name}: you administer {organisation}", $"Hello,\n\nYou have been made an administrator of {organisation} at {terms.Name}. Choose your password here within 7 days:\n\n{link}\n\nIf you have a password with us already, enter that one."),
        _ => ($"{terms.Name}: du är administratör för {organisation}", $"Hej!\n\nDu har lagts till som administratör för {organisation} hos {terms.Name}. Välj ditt lösenord här inom 7 dagar:\n\n{link}\n\nHar du redan ett lösenord hos oss skriver du in det."),
    };

    /// <summary>The e-mail that says that an application has come in.</summary>
    public static (string Subject, string Text) Received(OperatorTerms terms, string organisation) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: vi har mottatt søknaden", $"Hei!\n\nVi har mottatt søknaden for {organisation}. Du får svar på e-post når den er behandlet."),
        "en" => ($"{terms.Name}: we have your application", $"Hello,\n\nWe have received the application of {organisation}. You will get an answer by e-mail."),
        _ => ($"{terms.Name}: vi har fått er ansökan", $"Hej!\n\nVi har tagit emot ansökan för {organisation}. Ni får besked via e-post när den är behandlad."),
    };

    /// <summary>The e-mail that says that an application was refused.</summary>
    public static (string Subject, string Text) Refused(OperatorTerms terms, string organisation, string? reason)
    {
        var (subject, text) = terms.Language switch
        {
            "nb" => ($"{terms.Name}: søknaden er avslått", $"Hei!\n\nSøknaden for {organisation} er avslått."),
            "en" => ($"{terms.Name}: your application was refused", $"Hello,\n\nThe application of {organisation} was refused."),
            _ => ($"{terms.Name}: er ansökan har avslagits", $"Hej!\n\nAnsökan för {organisation} har avslagits."),
        };
        return (subject, reason is null ? text : $"{text}\n\n{reason}");
    }

    /// <summary>The e-mail that tells administrators of a customer that somebody of theirs has applied.</summary>
    public static (string Subject, string Text) ToDecide(OperatorTerms terms, string organisation, string applicant, string link) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: en søknad venter på deg", $"Hei!\n\n{applicant} har søkt for {organisation}, som allerede er kunde. Godkjenn eller avslå søknaden her:\n\n{link}"),
        "en" => ($"{terms.Name}: an application waits for you", $"Hello,\n\n{applicant} has applied for {organisation}, which is a customer already. Approve or refuse it here:\n\n{link}"),
        _ => ($"{terms.Name}: en ansökan väntar på dig", $"Hej!\n\n{applicant} har ansökt för {organisation}, som redan är kund. Godkänn eller avslå ansökan här:\n\n{link}"),
    };

    private static string LoginInSwedish(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"e-postadressen {login}",
        ActivationLogin.Mobile => $"mobilnumret {login}",
        _ => $"användarnamnet {login}",
    };

    private static string LoginInNorwegian(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"e-postadressen {login}",
        ActivationLogin.Mobile => $"mobilnummeret {login}",
        _ => $"brukernavnet {login}",
    };

    private static string LoginInEnglish(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"the e-mail address {login}",
        ActivationLogin.Mobile => $"the mobile number {login}",
        _ => $"the user name {login}",
    };
}
