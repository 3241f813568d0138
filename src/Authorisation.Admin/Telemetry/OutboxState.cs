namespace Authorisation.Admin.Telemetry;

/// <summary>How an operator's outbox stands.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="Channel">
/// How its messages travel: <c>sms</c>, <c>email</c>, or <c>webhook</c> for events to its ticket system.
/// </param>
/// <param name="Waiting">How many messages wait.</param>
/// <param name="AgeSeconds">How long the oldest of them has waited.</param>
/// <param name="Dead">How many were given up lately; of events, all that are undelivered.</param>
internal sealed record OutboxState(string Operator, string Channel, long Waiting, double AgeSeconds, long Dead);
