using Authorisation.Core;

namespace Authorisation.Ledger.Shares;

/// <summary>A party that shares a bounded resource: a client or an app, of an operator.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="Client">The client or the app; neither for the service itself.</param>
public readonly record struct Sharer(int OperatorId, Originator Client);
