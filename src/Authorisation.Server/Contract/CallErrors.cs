using Authorisation.V1;
using Google.Rpc;
using Grpc.Core;

namespace Authorisation.Server.Contract;

/// <summary>Writes the error of a call as the error of one item of a stream.</summary>
internal static class CallErrors
{
    /// <summary>
    /// The item's error: the same status, reason and violations as for a single call.
    /// </summary>
    public static CallError Of(RpcException exception)
    {
        var error = new CallError { Code = (int)exception.StatusCode, Message = exception.Status.Detail };
        if (exception.GetRpcStatus() is { } status)
        {
            error.Reason = status.GetDetail<ErrorInfo>()?.Reason ?? "";
            error.Violations.Add(status.GetDetail<BadRequest>()?.FieldViolations.Select(violation =>
                new FieldViolation { Field = violation.Field, Description = violation.Description }) ?? []);
        }

        return error;
    }
}
