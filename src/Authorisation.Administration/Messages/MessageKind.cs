using Authorisation.Core;

namespace Authorisation.Administration.Messages;

/// <summary>
/// What a message is about, and how many of it may go out, whatever causes them. The table in docs/operate/symptoms.md says
/// who can.
/// </summary>
/// <param name="Name">As lists show it.</param>
/// <param name="Channel">How it travels.</param>
/// <param name="ReceiverPerHour">
/// How many one receiver is sent in an hour, by all operators and organisations together.
/// </param>
/// <param name="ReceiverPerDay">The same in a day.</param>
/// <param name="OperatorPerHour">
/// How many go out for an operator in an hour; null where no outsider can cause them.
/// </param>
internal sealed record MessageKind(
    string Name, MessageChannel Channel, int ReceiverPerHour, int ReceiverPerDay, int? OperatorPerHour = null)
{
    /// <summary>A traveller's one-time code.</summary>
    public static readonly MessageKind ActivationCode = new(
        "activation_code", MessageChannel.Sms, Limits.CodesOfNumberPerHourMax, Limits.CodesOfNumberPerDayMax);

    /// <summary>To the receiver of a ticket: that it was sent.</summary>
    public static readonly MessageKind TicketSent = new(
        "ticket_sent", MessageChannel.Sms, Limits.TicketSmsOfNumberPerHourMax, Limits.TicketSmsOfNumberPerDayMax);

    /// <summary>The link with which an administrator begins.</summary>
    public static readonly MessageKind Invitation = new(
        "invitation", MessageChannel.Email, Limits.MailsOfReceiverPerHourMax, Limits.MailsOfReceiverPerDayMax);

    /// <summary>The link with which a traveller begins to sign in.</summary>
    public static readonly MessageKind TravellerInvitation = Invitation with { Name = "traveller_invitation" };

    /// <summary>To administrators: a traveller has asked for something.</summary>
    public static readonly MessageKind RequestToDecide = Invitation with { Name = "request_to_decide" };

    /// <summary>To a traveller, by e-mail: what was decided.</summary>
    public static readonly MessageKind TravellerNews = Invitation with { Name = "traveller_news" };

    /// <summary>The same by SMS.</summary>
    public static readonly MessageKind TravellerNewsSms = ActivationCode with { Name = "traveller_news_sms" };

    /// <summary>The link with which operator staff begins.</summary>
    public static readonly MessageKind StaffInvitation = new(
        "staff_invitation", MessageChannel.Email, Limits.MailsOfReceiverPerHourMax, Limits.MailsOfReceiverPerDayMax);

    /// <summary>To a person who has a password already: that one is operator staff now.</summary>
    public static readonly MessageKind StaffAdded = StaffInvitation with { Name = "staff_added" };

    /// <summary>The link with which a new password is chosen.</summary>
    public static readonly MessageKind PasswordReset = ByOutsiders("password_reset");

    /// <summary>To an applicant: the application has come in.</summary>
    public static readonly MessageKind ApplicationReceived = ByOutsiders("application_received");

    /// <summary>To an applicant: the application was refused.</summary>
    public static readonly MessageKind ApplicationRefused = ByOutsiders("application_refused");

    /// <summary>To a customer's administrators: a person has applied to join it.</summary>
    public static readonly MessageKind ApplicationToDecide = ByOutsiders("application_to_decide") with { ReceiverPerDay = 24 };

    /// <summary>The code that shows that somebody with an order link has a telephone.</summary>
    public static readonly MessageKind PhoneCode = new(
        "phone_code", MessageChannel.Sms, Limits.CodesOfNumberPerHourMax, Limits.CodesOfNumberPerDayMax,
        Limits.PhoneCodesOfOperatorPerHourMax);

    /// <summary>To an employee: the subscription begins.</summary>
    public static readonly MessageKind SubscriptionApproved = new(
        "subscription_approved", MessageChannel.Sms, Limits.TicketSmsOfNumberPerHourMax, Limits.TicketSmsOfNumberPerDayMax);

    /// <summary>To an employee: the employer refused the subscription.</summary>
    public static readonly MessageKind SubscriptionRefused = SubscriptionApproved with { Name = "subscription_refused" };

    /// <summary>To administrators: a budget is nearly or wholly spent.</summary>
    public static readonly MessageKind BudgetReached = new(
        "budget_reached", MessageChannel.Email, Limits.MailsOfReceiverPerHourMax * 4, Limits.MailsOfReceiverPerDayMax * 4);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<MessageKind> All { get; } =
    [
        ActivationCode, Invitation, TravellerInvitation, RequestToDecide, TravellerNews, TravellerNewsSms, StaffInvitation, StaffAdded,
        PasswordReset, ApplicationReceived, ApplicationRefused, ApplicationToDecide, TicketSent, PhoneCode, SubscriptionApproved,
        SubscriptionRefused, BudgetReached,
    ];

    private static MessageKind ByOutsiders(string name) => new(
        name, MessageChannel.Email, Limits.MailsByOutsidersPerHourMax, Limits.MailsByOutsidersPerDayMax,
        Limits.MailsByOutsidersOfOperatorPerHourMax);
}
