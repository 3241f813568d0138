using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Purchases;

/// <summary>A void of operator staff.</summary>
/// <param name="OperationId">A UUID of the caller's own, which a retry repeats.</param>
/// <param name="Reason">The reason, at most 200 characters; every reader of the purchase sees it.</param>
internal sealed record VoidRequest(Guid? OperationId, string? Reason);

/// <summary>Makes a purchase undone as a whole; by operator staff, at any time.</summary>
internal sealed class VoidPurchase(StaffOperations operations)
{
    /// <exception cref="RefusedException">
    /// The purchase cannot be seen, the principal is no staff, a field is wrong, the purchase does not allow it, or it
    /// is unknown whether it was done.
    /// </exception>
    public async Task<OperationDetails> RunAsync(UnitOfWork work, Guid id, Request<VoidRequest> request)
    {
        var seen = await operations.GetVisibleAsync(work, id);
        var asked = request.Read();
        var fields = new Fields();
        var operation = StaffOperations.Read(work, fields, OperationKind.Void, id, asked.OperationId, asked.Reason);
        fields.ThrowIfAny();
        return await operations.RunAsync(work, seen, operation);
    }
}
