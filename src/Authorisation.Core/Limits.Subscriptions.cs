namespace Authorisation.Core;

public static partial class Limits
{
    // Subscriptions.

    /// <summary>How long a code by SMS shows that somebody has a telephone.</summary>
    public static readonly TimeSpan PhoneCodeTime = TimeSpan.FromMinutes(10);

    /// <summary>How many tries such a code stands, right and wrong together.</summary>
    public const int PhoneCodeTriesMax = 5;

    /// <summary>How many tries at codes of one number there are in an hour, whatever links and codes.</summary>
    public const int PhoneTriesPerHourMax = 10;

    /// <summary>How many codes go out for an operator in an hour, to whomever.</summary>
    public const int PhoneCodesOfOperatorPerHourMax = 2_000;

    /// <summary>How long codes and the numbers that they went to are kept.</summary>
    public static readonly TimeSpan PhoneCodeKeptTime = TimeSpan.FromDays(1);

    /// <summary>How long a caller with such a code is known.</summary>
    public static readonly TimeSpan PhoneSessionTime = TimeSpan.FromMinutes(30);

    /// <summary>The longest first or last name, in characters.</summary>
    public const int PersonNameCharactersMax = 60;

    /// <summary>The longest number of an employee at the employer, in characters.</summary>
    public const int EmployeeNumberCharactersMax = 40;

    /// <summary>The longest pay type of a payroll program, in characters.</summary>
    public const int PayTypeCharactersMax = 20;

    /// <summary>The longest token of an order link, in characters.</summary>
    public const int OrderLinkCharactersMax = 100;

    /// <summary>In how many months' payrolls a staff offer is taken at most.</summary>
    public const int DeductionMonthsMax = 12;

    /// <summary>How long before a month begins the ticket system is asked for it.</summary>
    public static readonly TimeSpan SubscriptionNoticeTime = TimeSpan.FromHours(12);

    /// <summary>How many subscriptions begin a month in one transaction.</summary>
    public const int SubscriptionChunk = 100;

    /// <summary>How many subscriptions somebody with one telephone may have at an organisation, ended ones not counted.</summary>
    public const int SubscriptionsOfMobileMax = 10;
}
