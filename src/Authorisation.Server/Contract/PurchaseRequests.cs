using Authorisation.Core;
using Authorisation.V1;

namespace Authorisation.Server.Contract;

/// <summary>What is asked of every purchase before it is decided, by whichever call it comes.</summary>
internal static class PurchaseRequests
{
    /// <summary>The purchase asked for: its fields are valid and the caller may make it.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT with every violation, or PERMISSION_DENIED.
    /// </exception>
    public static Purchase Read(AuthoriseRequest request, Caller caller)
    {
        var purchase = PurchaseFields.Read(request, caller);
        return Rights.MayAuthorise(caller.Actor, purchase.Instrument)
            ? purchase
            : throw Errors.PermissionDenied("INSTRUMENT_NOT_ALLOWED", caller.Grant.ClientKind is null
                ? "An app may buy on its own account only."
                : "Validators and consoles may buy on cards only, app back ends on app accounts only.");
    }
}
