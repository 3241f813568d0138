using System.CommandLine;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Commands;

/// <summary>
/// The terms of an operator as options of the command line. Their defaults are those of a new operator.
/// </summary>
internal sealed class OperatorOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "The name that travellers know. A new operator needs one." };
    private readonly Option<string> _currency = Choice(
        "--currency", "ISO 4217 code: SEK, NOK, DKK or EUR; it stays.", OperatorDefaults.Currency, "NOK", "DKK", "EUR");
    private readonly Option<string> _zone = Text(
        "--time-zone", "IANA time zone; months begin by its clocks.", OperatorDefaults.TimeZone);
    private readonly Option<string> _country = Choice(
        "--country",
        "Whose organisation and mobile numbers, and rates of VAT: SE or NO; it stays once there are customers.",
        OperatorDefaults.Country, "NO");
    private readonly Option<string> _language = Choice(
        "--language", "Of messages: sv, nb or en.", OperatorDefaults.Language, "nb", "en");
    private readonly Option<string> _login = Choice("--login", "What a traveller types beside the code.", "user-name", "email", "mobile");
    private readonly Option<string> _purpose = Choice("--purpose", "Of app purchases.", "optional", "none", "required");
    private readonly Option<bool> _cards = new("--card-credit") { Description = "Give credit on cards, too; `--card-credit false`: no more." };
    private readonly Option<bool> _noApp = new("--no-app-credit") { Description = "Give no credit in the app; `--no-app-credit false`: give it again." };
    private readonly Option<long?> _cap = new("--cap-minor") { Description = "The most a traveller may have in a month, in minor units, from 100 on; 0: as much as wanted." };
    private readonly Option<int> _vat = Number(
        "--vat-basis-points", "VAT in hundredths of a percent; in Sweden 2500, 1200 or 600.",
        OperatorDefaults.VatBasisPoints);
    private readonly Option<int> _hold = Number(
        "--hold-minutes", "How long a hold lasts, 1 to 525600.", OperatorDefaults.HoldMinutes);
    private readonly Option<string> _sender = Text(
        "--sms-sender", "The sender of SMS, at most 11 letters and digits.", OperatorDefaults.SmsSender);

    private readonly Option<string> _codes = Text(
        "--sms-calling-codes", "The countries that SMS are sent to, by calling code.",
        OperatorDefaults.SmsCallingCodes);
    private readonly Option<int> _smsPerHour = Number(
        "--organisation-sms-per-hour", "How many SMS one organisation may cause in an hour.",
        OperatorDefaults.OrganisationSmsPerHour);
    private readonly Option<int> _emailsPerHour = Number(
        "--organisation-emails-per-hour", "How many e-mails one organisation may cause in an hour.",
        OperatorDefaults.OrganisationEmailsPerHour);

    private readonly Option<string> _trips = Choice(
        "--trip-visibility",
        "What an employer sees of a trip beside product, amount, purpose and day: hidden, with-consent of the traveller, or shown.",
        "hidden", "with-consent", "shown");

    private readonly Option<int> _retention = Number(
        "--retention-months", "How long personal data of removed travellers are kept, 1 to 120.",
        OperatorDefaults.RetentionMonths);
    private readonly Option<string?> _appLink = new("--app-link")
    {
        Description = "What opens the app on a telephone, for SMS to travellers: an https address, at most 300 characters; \"\": none.",
    };

    public Option<string> Code { get; } = new("--code") { Description = "Short name in lower case, such as jonkoping.", Required = true };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> All =>
        [Code, _name, _currency, _zone, _country, _language, _login, _purpose, _cards, _noApp, _cap, _vat, _hold, _sender,
            _codes, _smsPerHour, _emailsPerHour, _trips, _retention, _appLink];

    /// <summary>The terms that were given; the others stay, or are those of a new operator.</summary>
    public OperatorChange ChangeOf(ParseResult parsed)
    {
        return new OperatorChange
        {
            Name = Given(_name, static text => text!),
            Currency = Given(_currency, static text => text),
            TimeZone = Given(_zone, static text => text),
            Country = Given(_country, static text => text),
            Language = Given(_language, static text => text),
            Login = Given(_login, LoginOf),
            Purpose = Given(_purpose, PurposeOf),
            OffersCardCredit = Given(_cards, static given => given),
            OffersAppCredit = Given(_noApp, static given => !given),
            CapMinor = Given(_cap, static minor => minor == 0 ? null : minor),
            VatBasisPoints = Given(_vat, static given => given),
            HoldMinutes = Given(_hold, static given => given),
            SmsSender = Given(_sender, static text => text),
            SmsCallingCodes = Given(_codes, static text => text),
            OrganisationSmsPerHour = Given(_smsPerHour, static given => given),
            OrganisationEmailsPerHour = Given(_emailsPerHour, static given => given),
            TripVisibility = Given(_trips, TripsOf),
            RetentionMonths = Given(_retention, static given => given),
            AppLink = Given(_appLink, static text => text is { Length: > 0 } ? text : null),
        };

        // Defaults are shown by the help, and come from the operation.
        Sent<T> Given<TGiven, T>(Option<TGiven> option, Func<TGiven, T> read) =>
            parsed.GetResult(option) is { Implicit: false } ? read(parsed.GetValue(option)!) : default(Sent<T>);
    }

    private static PurposeRule PurposeOf(string word) => word switch
    {
        "none" => PurposeRule.NotKept,
        "required" => PurposeRule.Required,
        _ => PurposeRule.KeptIfGiven,
    };

    private static TripVisibility TripsOf(string word) => word switch
    {
        "with-consent" => TripVisibility.WithConsent,
        "shown" => TripVisibility.Shown,
        _ => TripVisibility.Hidden,
    };

    private static ActivationLogin LoginOf(string word) => word switch
    {
        "email" => ActivationLogin.Email,
        "mobile" => ActivationLogin.Mobile,
        _ => ActivationLogin.UserName,
    };

    private static Option<string> Text(string name, string description, string fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };

    private static Option<int> Number(string name, string description, int fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };

    private static Option<string> Choice(string name, string description, string fallback, params string[] others)
    {
        var option = Text(name, description, fallback);
        option.AcceptOnlyFromAmong([fallback, .. others]);
        return option;
    }
}
