using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Administration.Messages;

/// <summary>What messages say, in the operator's language.</summary>
internal static partial class MessageTexts
{
    /// <summary>The SMS that brings a traveller the code.</summary>
    public static string Code(OperatorTerms terms, string organisation, string login, string code)
    {
        var name = OutsideText.Of(organisation, Limits.NameInSmsCharactersMax);
        return terms.Language switch
        {
            "nb" => $"{terms.Name}: {name} har gitt deg kreditt for tjenestereiser. Åpne appen, velg betalingsmåte faktura og skriv inn {LoginInNorwegian(terms, login)} og engangskoden {code}. Koden gjelder i 7 dager.",
            "en" => $"{terms.Name}: {name} has given you credit for business travel. Open the app, choose to pay by invoice and enter {LoginInEnglish(terms, login)} and the one-time code {code}. The code is valid for 7 days.",
            _ => $"{terms.Name}: {name} har gett dig kredit för tjänsteresor. Öppna appen, välj betalmedel faktura och skriv in {LoginInSwedish(terms, login)} och engångskoden {code}. Koden är giltig i 7 dagar.",
        };
    }

    /// <summary>The SMS to the receiver of a ticket, or of several: where to find it.</summary>
    /// <param name="terms">The operator.</param>
    /// <param name="organisation">Who sent it.</param>
    /// <param name="product">The first ticket's product.</param>
    /// <param name="count">How many tickets there are.</param>
    /// <param name="cardNumber">The card that carries it; null for the app of the number that it is sent to.</param>
    public static string TicketSent(OperatorTerms terms, string organisation, string product, int count, string? cardNumber)
    {
        var name = OutsideText.Of(organisation, Limits.NameInSmsCharactersMax);
        var end = cardNumber?[^Limits.BearerDigits..];
        return terms.Language switch
        {
            "nb" => $"{terms.Name}: {name} har sendt deg {(count == 1 ? $"en billett, {product}" : $"{count} billetter")}. {(end is null ? "Du finner den i appen, med dette mobilnummeret." : $"Den er på kortet som slutter på {end}.")}",
            "en" => $"{terms.Name}: {name} has sent you {(count == 1 ? $"a ticket, {product}" : $"{count} tickets")}. {(end is null ? "You find it in the app, with this mobile number." : $"It is on the card that ends with {end}.")}",
            _ => $"{terms.Name}: {name} har skickat dig {(count == 1 ? $"en biljett, {product}" : $"{count} biljetter")}. {(end is null ? "Du hittar den i appen, med det här mobilnumret." : $"Den finns på kortet som slutar på {end}.")}",
        };
    }

    /// <summary>The e-mail that brings an administrator the link to begin with.</summary>
    public static (string Subject, string Text) Invitation(OperatorTerms terms, string organisation, string link)
    {
        var name = OutsideText.Of(organisation, Limits.NameInEmailCharactersMax);
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: du er administrator for {name}", $"Hei!\n\nDu er lagt til som administrator for {name} hos {terms.Name}. Velg passordet ditt her innen 7 dager:\n\n{link}\n\nHar du allerede et passord hos oss, skriver du inn det."),
            "en" => ($"{terms.Name}: you administer {name}", $"Hello,\n\nYou have been made an administrator of {name} at {terms.Name}. Choose your password here within 7 days:\n\n{link}\n\nIf you have a password with us already, enter that one."),
            _ => ($"{terms.Name}: du är administratör för {name}", $"Hej!\n\nDu har lagts till som administratör för {name} hos {terms.Name}. Välj ditt lösenord här inom 7 dagar:\n\n{link}\n\nHar du redan ett lösenord hos oss skriver du in det."),
        };
    }

    /// <summary>The e-mail that brings a traveller the link to begin to sign in with.</summary>
    public static (string Subject, string Text) TravellerInvitation(OperatorTerms terms, string organisation, string link)
    {
        var name = OutsideText.Of(organisation, Limits.NameInEmailCharactersMax);
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: se tjenestereisene dine", $"Hei!\n\n{name} lar deg se kreditten og kjøpene dine hos {terms.Name}. Velg passordet ditt her innen 7 dager:\n\n{link}\n\nHar du allerede et passord hos oss, skriver du inn det."),
            "en" => ($"{terms.Name}: see your business travel", $"Hello,\n\n{name} lets you see your credit and your purchases at {terms.Name}. Choose your password here within 7 days:\n\n{link}\n\nIf you have a password with us already, enter that one."),
            _ => ($"{terms.Name}: se dina tjänsteresor", $"Hej!\n\n{name} låter dig se din kredit och dina köp hos {terms.Name}. Välj ditt lösenord här inom 7 dagar:\n\n{link}\n\nHar du redan ett lösenord hos oss skriver du in det."),
        };
    }

    /// <summary>The e-mail that brings operator staff the link to begin with.</summary>
    public static (string Subject, string Text) StaffInvitation(OperatorTerms terms, string link) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: du er lagt til som ansatt", $"Hei!\n\nDu er lagt til som ansatt hos {terms.Name}. Velg passordet ditt her innen 7 dager:\n\n{link}"),
        "en" => ($"{terms.Name}: you have been added as staff", $"Hello,\n\nYou have been added as staff of {terms.Name}. Choose your password here within 7 days:\n\n{link}"),
        _ => ($"{terms.Name}: du har lagts till som personal", $"Hej!\n\nDu har lagts till som personal hos {terms.Name}. Välj ditt lösenord här inom 7 dagar:\n\n{link}"),
    };

    /// <summary>The e-mail to a person who already has a password: you are operator staff now.</summary>
    public static (string Subject, string Text) StaffAdded(OperatorTerms terms) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: du er lagt til som ansatt", $"Hei!\n\nDu er lagt til som ansatt hos {terms.Name}. Logg inn med denne e-postadressen og passordet du allerede har."),
        "en" => ($"{terms.Name}: you have been added as staff", $"Hello,\n\nYou have been added as staff of {terms.Name}. Sign in with this e-mail address and the password that you have already."),
        _ => ($"{terms.Name}: du har lagts till som personal", $"Hej!\n\nDu har lagts till som personal hos {terms.Name}. Logga in med den här e-postadressen och det lösenord som du redan har."),
    };

    /// <summary>The e-mail with the link to choose a new password.</summary>
    public static (string Subject, string Text) PasswordReset(OperatorTerms terms, string link) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: velg et nytt passord", $"Hei!\n\nNoen har bedt om å velge et nytt passord for denne adressen. Gjør det her innen en time:\n\n{link}\n\nVar det ikke du, trenger du ikke gjøre noe: passordet ditt gjelder som før."),
        "en" => ($"{terms.Name}: choose a new password", $"Hello,\n\nSomebody asked to choose a new password for this address. Do so here within an hour:\n\n{link}\n\nIf it was not you, there is nothing to do: your password is what it was."),
        _ => ($"{terms.Name}: välj ett nytt lösenord", $"Hej!\n\nNågon har bett om att få välja ett nytt lösenord för den här adressen. Gör det här inom en timme:\n\n{link}\n\nVar det inte du behöver du inte göra något: ditt lösenord gäller som förut."),
    };

    /// <summary>
    /// The e-mail that says that an application has come in. Anybody can have it sent to anybody, so nothing that the
    /// applicant wrote is in it.
    /// </summary>
    public static (string Subject, string Text) Received(OperatorTerms terms) => terms.Language switch
    {
        "nb" => ($"{terms.Name}: vi har mottatt en søknad", $"Hei!\n\nVi har mottatt en søknad om å bli kunde hos {terms.Name} med denne adressen som kontakt. Du får svar på e-post når den er behandlet. Har du ikke sendt den, kan du se bort fra denne e-posten."),
        "en" => ($"{terms.Name}: we have an application", $"Hello,\n\nWe have received an application to become a customer of {terms.Name}, with this address as its contact. You will get an answer by e-mail. If you did not send it, you can ignore this e-mail."),
        _ => ($"{terms.Name}: vi har fått en ansökan", $"Hej!\n\nVi har tagit emot en ansökan om att bli kund hos {terms.Name} med den här adressen som kontakt. Ni får besked via e-post när den är behandlad. Har du inte skickat den kan du bortse från det här mejlet."),
    };

    /// <summary>
    /// The e-mail that says that an application was refused, by its organisation number and staff's own words.
    /// </summary>
    public static (string Subject, string Text) Refused(OperatorTerms terms, string? organisationNumber, string? reason)
    {
        var (subject, text) = terms.Language switch
        {
            "nb" => ($"{terms.Name}: søknaden er avslått", $"Hei!\n\nSøknaden for organisasjonsnummer {organisationNumber} er avslått."),
            "en" => ($"{terms.Name}: your application was refused", $"Hello,\n\nThe application for organisation number {organisationNumber} was refused."),
            _ => ($"{terms.Name}: er ansökan har avslagits", $"Hej!\n\nAnsökan för organisationsnummer {organisationNumber} har avslagits."),
        };
        return (subject, reason is null ? text : $"{text}\n\n{reason}");
    }

    /// <summary>
    /// The e-mail to a customer's administrators that a person has applied to join it. Anybody can apply, so it quotes
    /// nothing that the applicant wrote.
    /// </summary>
    public static (string Subject, string Text) ToDecide(OperatorTerms terms, string organisation, int count, string link)
    {
        var name = OutsideText.Of(organisation, Limits.NameInEmailCharactersMax);
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: en søknad venter på deg", $"Hei!\n\n{(count == 1 ? "Noen har" : $"{count} ganger har noen")} søkt om å administrere {name}, som allerede er kunde. Se hvem det er, og godkjenn eller avslå:\n\n{link}\n\nFlere søknader innen en time samles i neste e-post."),
            "en" => ($"{terms.Name}: an application waits for you", $"Hello,\n\nSomebody has applied {(count == 1 ? "" : $"{count} times ")}to administer {name}, which is a customer already. See who it is, and approve or refuse:\n\n{link}\n\nMore applications within an hour come together in the next e-mail."),
            _ => ($"{terms.Name}: en ansökan väntar på dig", $"Hej!\n\n{(count == 1 ? "Någon har" : $"{count} gånger har någon")} ansökt om att administrera {name}, som redan är kund. Se vem det är, och godkänn eller avslå:\n\n{link}\n\nFler ansökningar inom en timme kommer tillsammans i nästa mejl."),
        };
    }

    /// <summary>The e-mail to administrators that this month has spent 80 or 100 per cent of a budget.</summary>
    public static (string Subject, string Text) BudgetReached(
        OperatorTerms terms, string organisation, string budget, int perCent, bool declines)
    {
        var of = OutsideText.Of(budget, Limits.NameInEmailCharactersMax);
        var name = OutsideText.Of(organisation, Limits.NameInEmailCharactersMax);
        var isSpent = perCent >= 100;
        return terms.Language switch
        {
            "nb" => ($"{terms.Name}: {perCent} % av budsjettet for {of} er brukt", $"Hei!\n\nDenne måneden er {(isSpent ? "hele" : $"{perCent} % av")} budsjettet for {of} hos {name} brukt. {(declines ? "Kjøp som går ut over budsjettet, blir avslått." : "Kjøp blir ikke avslått av den grunn.")}"),
            "en" => ($"{terms.Name}: {perCent} % of the budget of {of} is spent", $"Hello,\n\nThis month has spent {(isSpent ? "all" : $"{perCent} %")} of the budget of {of} at {name}. {(declines ? "Purchases that go beyond the budget are declined." : "No purchase is declined for that.")}"),
            _ => ($"{terms.Name}: {perCent} % av budgeten för {of} är förbrukad", $"Hej!\n\nDen här månaden är {(isSpent ? "hela" : $"{perCent} % av")} budgeten för {of} hos {name} förbrukad. {(declines ? "Köp som går utöver budgeten nekas." : "Inga köp nekas för den sakens skull.")}"),
        };
    }

    private static string LoginInSwedish(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"e-postadressen {OutsideText.Masked(login)}",
        ActivationLogin.Mobile => $"mobilnumret {login}",
        _ => $"användarnamnet {login}",
    };

    private static string LoginInNorwegian(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"e-postadressen {OutsideText.Masked(login)}",
        ActivationLogin.Mobile => $"mobilnummeret {login}",
        _ => $"brukernavnet {login}",
    };

    private static string LoginInEnglish(OperatorTerms terms, string login) => terms.ActivationLogin switch
    {
        ActivationLogin.Email => $"the e-mail address {OutsideText.Masked(login)}",
        ActivationLogin.Mobile => $"the mobile number {login}",
        _ => $"the user name {login}",
    };
}
