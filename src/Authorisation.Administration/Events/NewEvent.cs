namespace Authorisation.Administration.Events;

/// <summary>Something that happened, for the operator's ticket system.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="Type">What happened, as words with full stops between, such as <c>ticket.ordered</c>.</param>
/// <param name="Subject">
/// What it happened to, such as a ticket's id. Events of one subject are delivered in order, so its operation holds a
/// lock on it.
/// </param>
/// <param name="Data">What the receiver has to know, as an object; written as JSON like the API's answers.</param>
internal sealed record NewEvent(int OperatorId, string Type, string Subject, object Data);
