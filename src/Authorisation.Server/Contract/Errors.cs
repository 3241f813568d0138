using Authorisation.Ledger.Database;
using Authorisation.Ledger.Shares;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Authorisation.Server.Contract;

/// <summary>
/// The errors of the contract: a gRPC status, and in <c>grpc-status-details-bin</c> a <c>google.rpc.Status</c> with
/// <c>ErrorInfo</c> and, for invalid fields, <c>BadRequest</c>.
/// </summary>
internal static class Errors
{
    private const string Domain = "authorisation.v1";

    // A share that is full has room again as soon as something that waits is through.
    private static readonly TimeSpan ShareRetryDelay = TimeSpan.FromSeconds(1);

    public static RpcException Unauthenticated(string reason, string message) =>
        Error(StatusCode.Unauthenticated, reason, message);

    public static RpcException PermissionDenied(string reason, string message) =>
        Error(StatusCode.PermissionDenied, reason, message);

    public static RpcException NotFound(string reason, string message) => Error(StatusCode.NotFound, reason, message);

    public static RpcException FailedPrecondition(
        string reason, string message, params KeyValuePair<string, string>[] metadata) =>
        Error(StatusCode.FailedPrecondition, reason, message, metadata: metadata);

    public static RpcException Unavailable(string reason, string message) =>
        Error(StatusCode.Unavailable, reason, message);

    /// <summary>RESOURCE_EXHAUSTED, with RetryInfo: nothing was done, since a share is full.</summary>
    /// <param name="reason">The contract's reason.</param>
    /// <param name="full">Whose share.</param>
    /// <param name="what">Of what.</param>
    /// <param name="advice">What the caller should do.</param>
    public static RpcException ShareFull(string reason, Full full, string what, string advice = "Retry later.") => Error(
        StatusCode.ResourceExhausted,
        reason,
        $"{full switch
        {
            Full.Client => $"This client's share of {what} is full",
            Full.Operator => $"This operator's share of {what} is full",
            _ => $"There is no room for more of {what}",
        }}; nothing was done. {advice}",
        RetryIn(ShareRetryDelay),
        new KeyValuePair<string, string>("share", full.ToString().ToLowerInvariant()));

    /// <summary>UNAVAILABLE: the ledger answers and is too busy.</summary>
    public static RpcException LedgerBusy(string advice) =>
        Unavailable("LEDGER_BUSY", $"The ledger is busy with others; {advice}.");

    /// <summary>Awaits something of the ledger; UNAVAILABLE when that is out of reach or busy.</summary>
    /// <param name="task">What is awaited.</param>
    /// <param name="advice">What the caller should do then.</param>
    public static async Task<T> UnlessUnreachableAsync<T>(Task<T> task, string advice)
    {
        try
        {
            return await task;
        }
        catch (LedgerUnreachableException)
        {
            throw Unavailable("LEDGER_UNREACHABLE", $"The ledger is out of reach; {advice}.");
        }
        catch (LedgerBusyException)
        {
            throw LedgerBusy(advice);
        }
    }

    /// <summary>RESOURCE_EXHAUSTED, with RetryInfo: when to try again, a second later unless said otherwise.</summary>
    public static RpcException ResourceExhausted(string reason, string message, TimeSpan? retryAfter = null) => Error(
        StatusCode.ResourceExhausted, reason, message,
        details: RetryIn(retryAfter ?? ShareRetryDelay));

    public static RpcException DeadlineExceeded(string reason, string message) =>
        Error(StatusCode.DeadlineExceeded, reason, message);

    public static RpcException InvalidArgument(string reason, string message) =>
        Error(StatusCode.InvalidArgument, reason, message);

    /// <summary>
    /// INVALID_ARGUMENT with every violation, in the message for people and in BadRequest for programs.
    /// </summary>
    public static RpcException InvalidFields(IReadOnlyList<Violation> violations)
    {
        var badRequest = new BadRequest();
        foreach (var (field, description) in violations)
        {
            badRequest.FieldViolations.Add(
                new BadRequest.Types.FieldViolation { Field = field, Description = description });
        }

        return Error(
            StatusCode.InvalidArgument,
            "INVALID_FIELDS",
            string.Join("; ", violations.Select(violation => $"{violation.Field}: {violation.Description}")),
            details: badRequest);
    }

    /// <summary>ALREADY_EXISTS; <paramref name="fields"/> are the names that differ, never their values.</summary>
    public static RpcException AlreadyExists(string reason, string message, IReadOnlyList<string> fields) =>
        Error(
            StatusCode.AlreadyExists,
            reason,
            message,
            metadata: fields.Count == 0 ? [] : [new KeyValuePair<string, string>("fields", string.Join(',', fields))]);

    private static RetryInfo RetryIn(TimeSpan delay) => new() { RetryDelay = Duration.FromTimeSpan(delay) };

    private static RpcException Error(
        StatusCode code,
        string reason,
        string message,
        IMessage? details = null,
        params KeyValuePair<string, string>[] metadata)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = reason };
        foreach (var (key, value) in metadata)
        {
            info.Metadata.Add(key, value);
        }

        var status = new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        if (details is not null)
        {
            status.Details.Add(Any.Pack(details));
        }

        return status.ToRpcException();
    }
}
