using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Purchases;

/// <summary>A refund of operator staff.</summary>
/// <param name="OperationId">A UUID of the caller's own, which a retry repeats.</param>
/// <param name="AmountMinor">1 to 10,000,000 and at most what has not been refunded yet; null for all of that.</param>
/// <param name="Reason">The reason, at most 200 characters; every reader of the purchase sees it.</param>
internal sealed record RefundRequest(Guid? OperationId, long? AmountMinor, string? Reason);

/// <summary>Refunds a purchase, or a part of it; by operator staff, at any time.</summary>
internal sealed class RefundPurchase(StaffOperations operations)
{
    /// <exception cref="RefusedException">
    /// The purchase cannot be seen, the principal is no staff, a field is wrong, the purchase does not allow it, or it
    /// is unknown whether it was done.
    /// </exception>
    public async Task<OperationDetails> RunAsync(UnitOfWork work, Guid id, Request<RefundRequest> request)
    {
        var seen = await operations.GetVisibleAsync(work, id);
        var asked = request.Read();
        var fields = new Fields();
        var operation = StaffOperations.Read(
            work, fields, OperationKind.Refund, id, asked.OperationId, asked.Reason) with
        {
            AmountMinor = asked.AmountMinor,
        };
        if (asked.AmountMinor is < Limits.AmountMinorMin or > Limits.AmountMinorMax)
        {
            fields.AddOutOfRange("amount_minor", Limits.AmountMinorMin, Limits.AmountMinorMax, " minor units");
        }

        fields.ThrowIfAny();
        return await operations.RunAsync(work, seen, operation);
    }
}
