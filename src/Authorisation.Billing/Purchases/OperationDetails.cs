using Authorisation.Core;

namespace Authorisation.Billing.Purchases;

/// <summary>What operator staff did to a purchase.</summary>
/// <param name="Operation">What was recorded, now or the first time.</param>
/// <param name="Purchase">The purchase as it is after that.</param>
/// <param name="IsReplayed">Whether this operation had been done before.</param>
internal sealed record OperationDetails(OperationEntry Operation, PurchaseDetails Purchase, bool IsReplayed);
