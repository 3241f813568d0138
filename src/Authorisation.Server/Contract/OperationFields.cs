using Authorisation.Core;
using Authorisation.V1;
using OperationKind = Authorisation.Core.OperationKind;

namespace Authorisation.Server.Contract;

/// <summary>Turns the contract's requests into valid operations, or into all that is wrong with them.</summary>
internal static class OperationFields
{
    /// <summary>The capture asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Operation Read(CaptureRequest request, Caller caller) => Read(
        OperationKind.Capture,
        caller,
        request.OperationId,
        request.AuthorisationId,
        request.HasAmountMinor ? request.AmountMinor : null,
        reason: "");

    /// <summary>The void asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Operation Read(VoidRequest request, Caller caller) => Read(
        OperationKind.Void, caller, request.OperationId, request.AuthorisationId, amountMinor: null, request.Reason);

    /// <summary>The void that a device reports, which was made out of reach.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Operation ReadAdvice(VoidRequest request, Caller caller) => Read(
        OperationKind.Void, caller, request.OperationId, request.AuthorisationId, amountMinor: null, request.Reason, "void.")
        with
    { MadeOffline = true };

    /// <summary>The refund asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Operation Read(RefundRequest request, Caller caller) => Read(
        OperationKind.Refund,
        caller,
        request.OperationId,
        request.AuthorisationId,
        request.HasAmountMinor ? request.AmountMinor : null,
        request.Reason);

    private static Operation Read(
        OperationKind kind, Caller caller, string id, string authorisationId, long? amountMinor, string reason, string at = "")
    {
        var checks = new FieldChecks(at);
        var operation = new Operation
        {
            Id = checks.Uuid("operation_id", id),
            AuthorisationId = checks.Uuid("authorisation_id", authorisationId),
            Kind = kind,
            By = caller.Actor,
            AmountMinor = amountMinor is { } amount ? checks.Amount("amount_minor", amount) : null,
            Reason = checks.Text("reason", reason, Limits.ReasonCharactersMax),
        };
        checks.ThrowIfAny();
        return operation;
    }
}
