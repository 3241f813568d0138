using System.CommandLine;
using Authorisation.Core;
using Authorisation.Hosting.Settings;

namespace Authorisation.Admin.Commands;

/// <summary>The terms of an operator as options of the command line. Their defaults are those of a new operator.</summary>
internal sealed class OperatorOptions
{
    private const int HoldMinutesMax = 365 * 24 * 60;

    private readonly Option<string?> _name = new("--name") { Description = "The name that travellers know. A new operator needs one." };
    private readonly Option<string> _currency = Choice("--currency", "ISO 4217 code: SEK, NOK, DKK or EUR; it stays.", "SEK", "NOK", "DKK", "EUR");
    private readonly Option<string> _zone = Text("--time-zone", "IANA time zone; months begin by its clocks.", "Europe/Stockholm");
    private readonly Option<string> _country = Choice("--country", "Whose organisation and mobile numbers, and rates of VAT: SE or NO; it stays once there are customers.", "SE", "NO");
    private readonly Option<string> _language = Choice("--language", "Of messages: sv, nb or en.", "sv", "nb", "en");
    private readonly Option<string> _login = Choice("--login", "What a traveller types beside the code.", "user-name", "email", "mobile");
    private readonly Option<string> _purpose = Choice("--purpose", "Of app purchases.", "optional", "none", "required");
    private readonly Option<bool> _cards = new("--card-credit") { Description = "Give credit on cards, too; `--card-credit false`: no more." };
    private readonly Option<bool> _noApp = new("--no-app-credit") { Description = "Give no credit in the app; `--no-app-credit false`: give it again." };
    private readonly Option<long?> _cap = new("--cap-minor") { Description = "The most a traveller may have in a month, in minor units, from 100 on; 0: as much as wanted." };
    private readonly Option<int> _vat = Number("--vat-basis-points", "VAT in hundredths of a percent; in Sweden 2500, 1200 or 600.", 600);
    private readonly Option<int> _hold = Number("--hold-minutes", "How long a hold lasts, 1 to 525600.", 15);
    private readonly Option<string> _sender = Text("--sms-sender", "The sender of SMS, at most 11 letters and digits.", "Resor");

    private readonly Option<string> _codes = Text("--sms-calling-codes", "The countries that SMS are sent to, by calling code.", "46,47,45,358,354");
    private readonly Option<int> _smsPerHour = Number("--organisation-sms-per-hour", "How many SMS one organisation may cause in an hour.", 1000);
    private readonly Option<int> _emailsPerHour = Number("--organisation-emails-per-hour", "How many e-mails one organisation may cause in an hour.", 200);

    public Option<string> Code { get; } = new("--code") { Description = "Short name in lower case, such as jonkoping.", Required = true };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> All =>
        [Code, _name, _currency, _zone, _country, _language, _login, _purpose, _cards, _noApp, _cap, _vat, _hold, _sender,
            _codes, _smsPerHour, _emailsPerHour];

    /// <summary>The terms that are asked for: of an operator that is there, those that were not given stay.</summary>
    /// <exception cref="SettingException">A new operator has no name, or one that is there would get another currency; or a term is out of its bounds.</exception>
    public OperatorRow TermsOf(ParseResult parsed, OperatorRow? before)
    {
        var currency = Or(_currency, static text => text, static row => row.Currency);
        if (before is not null && currency != before.Currency)
        {
            throw new SettingException(_currency.Name, $"stays {before.Currency}: limits and purchases are in it");
        }

        return Checked(new OperatorRow
        {
            Code = parsed.GetRequiredValue(Code),
            Name = parsed.GetValue(_name) ?? before?.Name ?? throw new SettingException(_name.Name, "is needed: the operator is new"),
            Currency = currency,
            TimeZone = Or(_zone, static id => TimeZoneInfo.FindSystemTimeZoneById(id).Id, static row => row.TimeZone),
            Country = Or(_country, static text => text, static row => row.Country),
            Language = Or(_language, static text => text, static row => row.Language),
            Login = Or(_login, LoginOf, static row => row.Login),
            Purpose = Or(_purpose, PurposeOf, static row => row.Purpose),
            OffersCardCredit = Or(_cards, static given => given, static row => row.OffersCardCredit),
            OffersAppCredit = Or(_noApp, static given => !given, static row => row.OffersAppCredit),
            CapMinor = Or(_cap, static given => given == 0 ? null : given, static row => row.CapMinor),
            VatBasisPoints = Or(_vat, static given => given, static row => row.VatBasisPoints),
            HoldSeconds = Or(_hold, static minutes => minutes is >= 1 and <= HoldMinutesMax ? minutes * 60 : 0, static row => row.HoldSeconds),
            SmsSender = Or(_sender, static text => text, static row => row.SmsSender),
            SmsCallingCodes = Or(_codes, CodesOf, static row => row.SmsCallingCodes),
            OrganisationSmsPerHour = Or(_smsPerHour, static given => given, static row => row.OrganisationSmsPerHour),
            OrganisationEmailsPerHour = Or(_emailsPerHour, static given => given, static row => row.OrganisationEmailsPerHour),
        });

        T Or<TGiven, T>(Option<TGiven> option, Func<TGiven, T> given, Func<OperatorRow, T> stays) =>
            before is null || parsed.GetResult(option) is { Implicit: false } ? given(parsed.GetValue(option)!) : stays(before);
    }

    /// <summary>Terms that no invoice or limit could keep are refused before they are in force.</summary>
    private OperatorRow Checked(OperatorRow terms)
    {
        if (!new VatRate(VatCategory.Standard, terms.VatBasisPoints).IsExpressibleIn(terms.Country))
        {
            throw new SettingException(_vat.Name, terms.Country == "SE"
                ? $"must be 2500, 1200 or 600: an e-invoice of a Swedish seller can have no other rate than 25, 12 and 6 %; it is {terms.VatBasisPoints}"
                : $"must be 1 to {Limits.VatBasisPointsMax} hundredths of a percent; it is {terms.VatBasisPoints}");
        }

        if (terms.HoldSeconds == 0)
        {
            throw new SettingException(_hold.Name, $"must be 1 to {HoldMinutesMax} minutes");
        }

        return terms.CapMinor is null or >= Limits.CreditLimitMinorMin
            ? terms
            : throw new SettingException(_cap.Name, $"must be 0, or {Limits.CreditLimitMinorMin} minor units or more");
    }

    private string CodesOf(string text)
    {
        var codes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(code => code.TrimStart('+')).ToList();
        return codes.Count > 0 && codes.TrueForAll(static code => code is { Length: >= 1 and <= 4 } && code[0] != '0' && code.All(char.IsAsciiDigit))
            ? string.Join(',', codes.Distinct(StringComparer.Ordinal))
            : throw new SettingException(_codes.Name, $"is \"{text}\"; it takes calling codes such as 46,47");
    }

    private static PurposeRule PurposeOf(string word) => word switch
    {
        "none" => PurposeRule.NotKept,
        "required" => PurposeRule.Required,
        _ => PurposeRule.KeptIfGiven,
    };

    private static ActivationLogin LoginOf(string word) => word switch
    {
        "email" => ActivationLogin.Email,
        "mobile" => ActivationLogin.Mobile,
        _ => ActivationLogin.UserName,
    };

    private static Option<string> Text(string name, string description, string otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string> Choice(string name, string description, string otherwise, params string[] others)
    {
        var option = Text(name, description, otherwise);
        option.AcceptOnlyFromAmong([otherwise, .. others]);
        return option;
    }
}
