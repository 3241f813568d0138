namespace Authorisation.Administration.Messages;

/// <summary>A message on its way out.</summary>
internal sealed record Delivery(
    Guid Id, MessageChannel Channel, string Sender, string Recipient, string? Subject, string Text);

/// <summary>A delivery that failed.</summary>
/// <param name="message">Why, without anything secret.</param>
/// <param name="isFinal">Trying again would not help.</param>
/// <param name="inner">What caused it.</param>
internal sealed class DeliveryException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal => isFinal;
}
