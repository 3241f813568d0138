using Authorisation.Core;
using Advice = Authorisation.Core.Advice;

namespace Authorisation.Server.Contract;

/// <summary>What is asked of everything that a device reports before it is recorded.</summary>
internal static class AdviceRequests
{
    /// <summary>The sale or the void reported: its fields are valid and the caller may report it.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT with every violation, or PERMISSION_DENIED.
    /// </exception>
    public static ICommand Read(V1.Advice advice, Caller caller, DateTimeOffset now) => advice.EventCase switch
    {
        V1.Advice.EventOneofCase.Purchase => Sale(PurchaseFields.ReadAdvice(advice.Purchase, caller, now), caller),
        V1.Advice.EventOneofCase.Void => OperationFields.ReadAdvice(advice.Void, caller),
        _ => throw Errors.InvalidFields([new Violation("event", "is required: purchase or void")]),
    };

    private static Advice Sale(Purchase purchase, Caller caller) => Rights.MayAuthorise(caller.Actor, purchase.Instrument)
        ? new Advice(Guid.CreateVersion7(), purchase, caller.Actor)
        : throw Errors.PermissionDenied("INSTRUMENT_NOT_ALLOWED", "Only card purchases are reported afterwards.");
}
