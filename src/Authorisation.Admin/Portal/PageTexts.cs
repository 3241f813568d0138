using Authorisation.Administration.Access;
using Authorisation.Core;

namespace Authorisation.Admin.Portal;

/// <summary>What pages say, in one language.</summary>
internal sealed partial record PageTexts
{
    public required string Language { get; init; }

    public required string Email { get; init; }

    public required string NewPassword { get; init; }

    public required string PresentPassword { get; init; }

    public required string PasswordHint { get; init; }

    public required string Go { get; init; }

    public required string InvitationHeading { get; init; }

    /// <summary>Who invites to what: {0} the inviter, {1} the organisation, {2} the operator.</summary>
    public required string Invitation { get; init; }

    /// <summary>The same where it is not known who: {1} and {2}.</summary>
    public required string InvitationBySomebody { get; init; }

    /// <summary>Who invites a traveller: {0} the inviter, {1} the organisation, {2} the operator.</summary>
    public required string TravellerInvitation { get; init; }

    /// <summary>The same where it is not known who: {1} and {2}.</summary>
    public required string TravellerInvitationBySomebody { get; init; }

    public required string HasPassword { get; init; }

    public required string Accepted { get; init; }

    /// <summary>{0} the organisation.</summary>
    public required string AcceptedText { get; init; }

    /// <summary>{0} the organisation, {1} the operator.</summary>
    public required string TravellerAcceptedText { get; init; }

    public required string ChoosePassword { get; init; }

    public required string ChoosePasswordText { get; init; }

    public required string Chosen { get; init; }

    public required string ChosenText { get; init; }

    public required string Forgotten { get; init; }

    public required string ForgottenText { get; init; }

    public required string Asked { get; init; }

    public required string AskedText { get; init; }

    public required string ApplicationWaits { get; init; }

    public required string ApplicationWaitsText { get; init; }

    public required string ApplicationCalls { get; init; }

    public required string LinkIsOver { get; init; }

    public required string LinkIsOverText { get; init; }

    public required string TooMany { get; init; }

    public required string TooManyText { get; init; }

    public required string Failed { get; init; }

    public required string FailedText { get; init; }

    public required string NoEmail { get; init; }

    public required string NoPassword { get; init; }

    public required string WrongPassword { get; init; }

    /// <summary>{0} and {1} the least and most characters.</summary>
    public required string PasswordLength { get; init; }

    public required string PasswordSequence { get; init; }

    public required string PasswordCommon { get; init; }

    public required string PasswordPersonal { get; init; }

    /// <summary>The language that the reader's program asks for; else the operator's; else Swedish.</summary>
    public static PageTexts For(HttpRequest request, string? operatorLanguage)
    {
        var asked = request.GetTypedHeaders().AcceptLanguage
            .Where(one => (one.Quality ?? 1) > 0)
            .OrderByDescending(one => one.Quality ?? 1)
            .Select(one => Of(one.Value.ToString()))
            .FirstOrDefault(one => one is not null);
        return asked ?? Of(operatorLanguage) ?? Swedish;
    }

    /// <summary>What is wrong with a password that a person chose; null when nothing is.</summary>
    public string? Of(PasswordFault fault) => fault switch
    {
        PasswordFault.None => null,
        PasswordFault.Length => string.Format(null, PasswordLength, Limits.PasswordCharactersMin, Limits.PasswordCharactersMax),
        PasswordFault.Sequence => PasswordSequence,
        PasswordFault.Common => PasswordCommon,
        _ => PasswordPersonal,
    };

    // Norwegian programs ask for nb, nn or, from of old, no.
    private static PageTexts? Of(string? language) => language?.Split('-')[0].ToLowerInvariant() switch
    {
        "sv" => Swedish,
        "nb" or "nn" or "no" => Norwegian,
        "en" => English,
        _ => null,
    };
}
