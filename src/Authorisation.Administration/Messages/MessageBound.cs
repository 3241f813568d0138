using Authorisation.Administration.Work;

namespace Authorisation.Administration.Messages;

/// <summary>What a bound of messages is of.</summary>
internal enum BoundOf
{
    Receiver = 1,
    Organisation = 2,
    Operator = 3,
}

/// <summary>A bound of messages that is reached.</summary>
/// <param name="Of">Whose it is.</param>
/// <param name="Wait">After how long there is room for one more.</param>
internal sealed record MessageBound(BoundOf Of, TimeSpan Wait);

/// <summary>A message that would have to be sent is one too many; nothing was changed.</summary>
internal sealed class TooManyMessagesException : RefusedException
{
    public TooManyMessagesException(MessageBound bound)
        : base(
            ProblemCode.TooManyMessages,
            $"{Why(bound.Of)} Nothing was changed. There is room for the next one in {Words.Minutes(bound.Wait)}.")
    {
        RetryAfter = bound.Wait;
        Bound = bound;
    }

    /// <summary>The bound that is reached.</summary>
    public MessageBound Bound { get; }

    private static string Why(BoundOf of) => of switch
    {
        BoundOf.Receiver => "This number or address has been sent as many of these messages as it may be in an hour or a day.",
        BoundOf.Organisation => "The organisation has caused as many messages as it may in an hour.",
        _ => "As many of these messages have been sent for the operator as may be in an hour.",
    };
}
