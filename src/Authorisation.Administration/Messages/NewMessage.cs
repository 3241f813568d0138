using Authorisation.Administration.Operators;

namespace Authorisation.Administration.Messages;

/// <summary>How a message travels. Stored; the numbers never change.</summary>
internal enum MessageChannel
{
    Sms = 1,
    Email = 2,
}

/// <summary>A message to be sent when the change that causes it is committed.</summary>
/// <param name="Operator">In whose name.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Recipient">A mobile number or an e-mail address.</param>
/// <param name="Subject">Of an e-mail.</param>
/// <param name="Text">What is sent.</param>
/// <param name="Lifetime">How long anybody needs it.</param>
internal sealed record NewMessage(
    OperatorTerms Operator, MessageKind Kind, string Recipient, string? Subject, string Text, TimeSpan Lifetime)
{
    /// <summary>The organisation that causes it or that it is about; its messages of an hour are bounded.</summary>
    public Guid? OrganisationId { get; init; }

    public Guid? TravellerId { get; init; }

    public Guid? AccountId { get; init; }
}
