using Authorisation.Core;

namespace Authorisation.Administration.Operators;

/// <summary>The terms of a new operator, unless others are given.</summary>
internal static class OperatorDefaults
{
    public const string Currency = "SEK";
    public const string TimeZone = "Europe/Stockholm";
    public const string Country = "SE";
    public const string Language = "sv";
    public const ActivationLogin Login = ActivationLogin.UserName;
    public const PurposeRule Purpose = PurposeRule.KeptIfGiven;

    /// <summary>In hundredths of a percent.</summary>
    public const int VatBasisPoints = 600;

    public const TripVisibility Trips = TripVisibility.Hidden;

    public const int RetentionMonths = 24;

    public const int HoldMinutes = 15;
    public const string SmsSender = "Resor";
    public const string SmsCallingCodes = "46,47,45,358,354";
    public const int OrganisationSmsPerHour = 1000;
    public const int OrganisationEmailsPerHour = 200;
}
