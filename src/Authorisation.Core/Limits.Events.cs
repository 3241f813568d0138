namespace Authorisation.Core;

public static partial class Limits
{
    // Events for an operator's ticket system.

    /// <summary>The longest address that events are sent to, in characters.</summary>
    public const int WebhookAddressCharactersMax = 500;

    /// <summary>How many random bytes a webhook's secret has; the standard asks for 24 to 64.</summary>
    public const int WebhookSecretBytes = 32;

    /// <summary>How long the secret before signs beside a new one.</summary>
    public static readonly TimeSpan WebhookSecretOverlap = TimeSpan.FromDays(1);

    /// <summary>How long a receiver has to answer.</summary>
    public static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a host has an event for itself: longer than it takes to send it, so that no other sends it meanwhile.
    /// </summary>
    public static readonly TimeSpan EventLease = TimeSpan.FromMinutes(1);

    /// <summary>How many events of one operator a host sends at the same time.</summary>
    public const int EventsAtOnce = 8;

    /// <summary>How long after its first try an event is given up.</summary>
    public static readonly TimeSpan EventTryTime = TimeSpan.FromDays(3);

    /// <summary>After how long an event that failed is tried again; doubled with each further failure.</summary>
    public static readonly TimeSpan EventRetryFirst = TimeSpan.FromSeconds(5);

    /// <summary>The longest time between two tries of an event.</summary>
    public static readonly TimeSpan EventRetryMax = TimeSpan.FromHours(1);

    /// <summary>The longest time that a receiver which cannot be reached is left alone.</summary>
    public static readonly TimeSpan WebhookAwayMax = TimeSpan.FromMinutes(5);

    /// <summary>The longest time that a receiver may ask to be left alone.</summary>
    public static readonly TimeSpan WebhookRetryAfterMax = TimeSpan.FromHours(1);

    /// <summary>How much of a receiver's answer is kept when it refuses an event, in characters.</summary>
    public const int WebhookAnswerCharactersMax = 200;

    /// <summary>The longest reason for dismissing an event, in characters.</summary>
    public const int DismissalReasonCharactersMax = 200;

    /// <summary>How often a host looks for events that nobody announced.</summary>
    public static readonly TimeSpan EventPollInterval = TimeSpan.FromSeconds(10);
}
