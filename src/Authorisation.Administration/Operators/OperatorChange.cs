using System.Globalization;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Operators;

/// <summary>
/// Terms of an operator that are to be set. Of a new operator those that are not sent are <see
/// cref="OperatorDefaults"/>.
/// </summary>
internal sealed record OperatorChange
{
    private const int CodeCharactersMax = 32;
    private const int HoldMinutesMax = 365 * 24 * 60;
    private const int SmsSenderCharactersMax = 15;
    private const int SmsCallingCodesMax = 50;
    private const int RetentionMonthsMax = 120;
    private const int AppLinkCharactersMax = 300;
    private const int MessagesPerHourMax = 1_000_000;

    private static readonly string[] Currencies = ["SEK", "NOK", "DKK", "EUR"];
    private static readonly string[] Countries = ["SE", "NO"];
    private static readonly string[] Languages = ["sv", "nb", "en"];

    /// <summary>The name that travellers know; a new operator needs one.</summary>
    public Sent<string> Name { get; init; }

    /// <summary>ISO 4217; it cannot change once the operator exists.</summary>
    public Sent<string> Currency { get; init; }

    /// <summary>Of the IANA; months begin by its clocks.</summary>
    public Sent<string> TimeZone { get; init; }

    /// <summary><c>SE</c> or <c>NO</c>; it stays once there are customers.</summary>
    public Sent<string> Country { get; init; }

    /// <summary>Of messages: <c>sv</c>, <c>nb</c> or <c>en</c>.</summary>
    public Sent<string> Language { get; init; }

    public Sent<ActivationLogin> Login { get; init; }

    public Sent<PurposeRule> Purpose { get; init; }

    public Sent<bool> OffersCardCredit { get; init; }

    public Sent<bool> OffersAppCredit { get; init; }

    /// <summary>
    /// The most that a traveller may have in a month, in minor units, from 100 on; null for no bound.
    /// </summary>
    public Sent<long?> CapMinor { get; init; }

    /// <summary>In hundredths of a percent, as invoices of the country can have it.</summary>
    public Sent<int> VatBasisPoints { get; init; }

    /// <summary>How long a hold lasts, 1 to 525,600.</summary>
    public Sent<int> HoldMinutes { get; init; }

    /// <summary>At most 15 characters.</summary>
    public Sent<string> SmsSender { get; init; }

    /// <summary>The countries that SMS are sent to: 1 to 50 calling codes with commas between them.</summary>
    public Sent<string> SmsCallingCodes { get; init; }

    /// <summary>1 to 1,000,000.</summary>
    public Sent<int> OrganisationSmsPerHour { get; init; }

    /// <summary>1 to 1,000,000.</summary>
    public Sent<int> OrganisationEmailsPerHour { get; init; }

    /// <summary>What an employer sees of a trip.</summary>
    public Sent<TripVisibility> TripVisibility { get; init; }

    /// <summary>How long personal data of removed travellers are kept, 1 to 120.</summary>
    public Sent<int> RetentionMonths { get; init; }

    /// <summary>What opens the app, for messages to travellers: https, at most 300 characters; null for none.</summary>
    public Sent<string?> AppLink { get; init; }

    /// <summary>All terms as they are to be; what is wrong with them is added to the fields.</summary>
    /// <param name="code">The operator's code.</param>
    /// <param name="before">The terms in force; null of a new operator.</param>
    /// <param name="fields">Where everything that is wrong is added.</param>
    public OperatorRow AppliedTo(string code, OperatorRow? before, Fields fields)
    {
        if (code is not { Length: >= 1 and <= CodeCharactersMax } || !char.IsAsciiLetterLower(code[0])
            || !code.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            fields.Add(
                "code", FieldCode.Malformed,
                $"must be at most {CodeCharactersMax} lower-case letters, digits and hyphens, a letter first");
        }

        var after = new OperatorRow
        {
            Code = code,
            Name = fields.Required("name", Name.Or(before?.Name), Limits.NameCharactersMax),
            Currency = CurrencyOf(before, fields),
            TimeZone = TimeZoneOf(TimeZone.Or(before?.TimeZone ?? OperatorDefaults.TimeZone), fields),
            Country = OneOf("country", Country.Or(before?.Country ?? OperatorDefaults.Country), Countries, fields),
            Language = OneOf("language", Language.Or(before?.Language ?? OperatorDefaults.Language), Languages, fields),
            Login = Login.Or(before?.Login ?? OperatorDefaults.Login),
            Purpose = Purpose.Or(before?.Purpose ?? OperatorDefaults.Purpose),
            OffersCardCredit = OffersCardCredit.Or(before?.OffersCardCredit ?? false),
            OffersAppCredit = OffersAppCredit.Or(before?.OffersAppCredit ?? true),
            CapMinor = CapMinor.Or(before?.CapMinor),
            VatBasisPoints = VatBasisPoints.Or(before?.VatBasisPoints ?? OperatorDefaults.VatBasisPoints),
            HoldSeconds = HoldSecondsOf(before, fields),
            SmsSender = fields.Required(
                "sms_sender", SmsSender.Or(before?.SmsSender ?? OperatorDefaults.SmsSender), SmsSenderCharactersMax),
            SmsCallingCodes = CodesOf(
                SmsCallingCodes.Or(before?.SmsCallingCodes ?? OperatorDefaults.SmsCallingCodes)!, fields),
            OrganisationSmsPerHour = OrganisationSmsPerHour.Or(
                before?.OrganisationSmsPerHour ?? OperatorDefaults.OrganisationSmsPerHour),
            OrganisationEmailsPerHour = OrganisationEmailsPerHour.Or(
                before?.OrganisationEmailsPerHour ?? OperatorDefaults.OrganisationEmailsPerHour),
            TripVisibility = TripVisibility.Or(before?.TripVisibility ?? OperatorDefaults.Trips),
            RetentionMonths = RetentionMonths.Or(before?.RetentionMonths ?? OperatorDefaults.RetentionMonths),
            AppLink = AppLinkOf(AppLink.Or(before?.AppLink), fields),
        };
        CheckNumbers(after, fields);
        return after;
    }

    /// <summary>Terms that no invoice or limit could keep are refused before they are in force.</summary>
    private static void CheckNumbers(OperatorRow after, Fields fields)
    {
        if (!new VatRate(VatCategory.Standard, after.VatBasisPoints).IsExpressibleIn(after.Country))
        {
            fields.Add("vat_basis_points", FieldCode.NotPossible, after.Country == "SE"
                ? "must be 2500, 1200 or 600: an e-invoice of a Swedish seller can have no other rate than 25, 12 and "
                    + $"6 %; it is {after.VatBasisPoints}"
                : $"must be 1 to {Limits.VatBasisPointsMax} hundredths of a percent; it is {after.VatBasisPoints}");
        }

        if (after.CapMinor < Limits.CreditLimitMinorMin)
        {
            fields.Add(
                "cap_minor", FieldCode.OutOfRange, $"must be 0, or {Limits.CreditLimitMinorMin} minor units or more");
        }

        if (after.RetentionMonths is < 1 or > RetentionMonthsMax)
        {
            fields.AddOutOfRange("retention_months", 1, RetentionMonthsMax, " months");
        }

        CheckPerHour("organisation_sms_per_hour", after.OrganisationSmsPerHour, fields);
        CheckPerHour("organisation_emails_per_hour", after.OrganisationEmailsPerHour, fields);
    }

    private static void CheckPerHour(string field, int messages, Fields fields)
    {
        if (messages is < 1 or > MessagesPerHourMax)
        {
            fields.AddOutOfRange(field, 1, MessagesPerHourMax);
        }
    }

    private static string? AppLinkOf(string? link, Fields fields)
    {
        const string Field = "app_link";
        var before = fields.Errors.Count;
        var text = fields.Optional(Field, link, AppLinkCharactersMax);
        if (fields.Errors.Count == before && text is not null
            && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0
                && !text.Contains(' ', StringComparison.Ordinal)))
        {
            fields.Add(Field, FieldCode.Malformed, "must be an address such as https://app.example.com/open, without a user");
        }

        return text;
    }

    private string CurrencyOf(OperatorRow? before, Fields fields)
    {
        var currency = OneOf(
            "currency", Currency.Or(before?.Currency ?? OperatorDefaults.Currency), Currencies, fields);
        if (before is not null && currency != before.Currency)
        {
            fields.Add("currency", FieldCode.NotPossible, $"stays {before.Currency}: limits and purchases are in it");
        }

        return currency;
    }

    private int HoldSecondsOf(OperatorRow? before, Fields fields)
    {
        if (before is not null && !HoldMinutes.IsSent)
        {
            return before.HoldSeconds;
        }

        var minutes = HoldMinutes.Or(OperatorDefaults.HoldMinutes);
        if (minutes is >= 1 and <= HoldMinutesMax)
        {
            return minutes * 60;
        }

        fields.AddOutOfRange("hold_minutes", 1, HoldMinutesMax, " minutes");
        return 0;
    }

    private static string OneOf(string field, string? word, string[] allowed, Fields fields)
    {
        if (!allowed.Contains(word, StringComparer.Ordinal))
        {
            fields.AddNotOneOf(field, allowed);
        }

        return word ?? "";
    }

    private static string TimeZoneOf(string? id, Fields fields)
    {
        if (id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
        {
            return zone.Id;
        }

        fields.Add(
            "time_zone", FieldCode.Malformed,
            $"must be a time zone of the IANA such as {OperatorDefaults.TimeZone}; it is {id}");
        return "";
    }

    private static string CodesOf(string text, Fields fields)
    {
        var codes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(code => code.TrimStart('+')).Distinct(StringComparer.Ordinal).ToList();
        if (codes.Count is 0 or > SmsCallingCodesMax
            || !codes.TrueForAll(
                static code => code is { Length: >= 1 and <= 4 } && code[0] != '0' && code.All(char.IsAsciiDigit)))
        {
            fields.Add("sms_calling_codes", FieldCode.Malformed, string.Create(
                CultureInfo.InvariantCulture,
                $"must be 1 to {SmsCallingCodesMax} calling codes such as 46,47; it is \"{text}\""));
        }

        return string.Join(',', codes);
    }
}
