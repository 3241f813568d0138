using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Grpc.Core;

namespace Authorisation.Server.Contract;

/// <summary>What the contract says of commands that were not done.</summary>
internal static class CommitErrors
{
    /// <summary>The error of a result.</summary>
    /// <param name="result">Neither decided nor replayed.</param>
    /// <param name="idField">The contract's name of the id that the command goes by.</param>
    /// <param name="operation">
    /// What was asked to be done to an authorisation; <see langword="null"/> for a sale.
    /// </param>
    public static RpcException Of(CommitResult result, string idField, Operation? operation = null) => result.Status switch
    {
        CommitStatus.DiffersFromFirst => Errors.AlreadyExists(
            "ID_USED_WITH_OTHER_FIELDS",
            $"This {idField} was used before with another {string.Join(", ", result.Differences)}.",
            result.Differences),
        CommitStatus.TakenByAnother => Errors.AlreadyExists("ID_TAKEN", Taken(operation), []),
        CommitStatus.NotFound => NoAuthorisation(),
        CommitStatus.NotAllowed => Errors.PermissionDenied("OPERATION_NOT_ALLOWED", NotAllowed(operation)),
        CommitStatus.Refused => Refused(result.Refusal),
        CommitStatus.QueueFull => Errors.ShareFull(
            "QUEUE_FULL", result.Full, "what waits to be decided", $"Retry later with the same {idField}."),
        CommitStatus.AccountLocked => Errors.Unavailable(
            "ACCOUNT_LOCKED",
            "The account is locked by another session; whether it was decided is unknown. Retry with the same id."),
        CommitStatus.DataRefused => Errors.InvalidArgument(
            "DATA_REFUSED", "The ledger refused the data; nothing was decided."),
        CommitStatus.LedgerUnreachable => Errors.Unavailable(
            "LEDGER_UNREACHABLE", "The ledger is out of reach; whether it was decided is unknown. Retry with the same id."),
        CommitStatus.LedgerBusy => Errors.LedgerBusy("whether it was decided is unknown. Retry with the same id"),
        CommitStatus.NotReplicated => Errors.Unavailable(
            "NOT_REPLICATED", "The decision is not known to have reached the standby. Retry with the same id."),
        CommitStatus.Failed => Errors.Unavailable(
            "UNEXPECTED", "Something unexpected happened and is in the server's log. Retry with the same id."),
        _ => throw new InvalidOperationException($"{result.Status} is not an error."),
    };

    private static string Taken(Operation? operation) => operation switch
    {
        null => "This id belongs to another client or app; make a new one.",
        { Kind: OperationKind.Void } =>
            "The operation_id or the authorisation_id belongs to another client or app. "
            + "If the authorisation is your own, make a new operation_id.",
        _ => "This operation_id belongs to another client or app; make a new one.",
    };

    /// <summary>NOT_FOUND, also for what is not the caller's to see.</summary>
    public static RpcException NoAuthorisation() =>
        Errors.NotFound("AUTHORISATION_NOT_FOUND", "There is no such authorisation.");

    private static RpcException Refused(Refusal refusal) => Errors.FailedPrecondition(
        refusal switch
        {
            Refusal.AuthorisationDeclined => "AUTHORISATION_DECLINED",
            Refusal.AlreadyCaptured => "ALREADY_CAPTURED",
            Refusal.AlreadyVoided => "ALREADY_VOIDED",
            Refusal.AlreadyRefunded => "ALREADY_REFUNDED",
            Refusal.HoldExpired => "HOLD_EXPIRED",
            Refusal.NotCaptured => "NOT_CAPTURED",
            Refusal.AmountOverHeld => "AMOUNT_OVER_HELD",
            Refusal.AmountOverRemaining => "AMOUNT_OVER_REMAINING",
            Refusal.MonthClosed => "MONTH_CLOSED",
            Refusal.TooManyOperations => "TOO_MANY_OPERATIONS",
            _ => throw new InvalidOperationException($"{refusal} is not sent to callers."),
        },
        RefusalText.Of(refusal));

    /// <summary>
    /// What a kind of caller may do to an authorisation, and which caller may do more: the contract's table in words.
    /// </summary>
    private static string NotAllowed(Operation? operation) => (operation?.By.Kind, operation?.Kind) switch
    {
        (ClientKind.Validator, OperationKind.Refund) =>
            "A validator refunds nothing. A console refunds card purchases on their day, and operator staff any purchase.",
        (ClientKind.Validator, _) =>
            "A validator captures and voids what it authorised itself. Operator staff can void or refund any purchase.",
        (ClientKind.Console, OperationKind.Refund) =>
            "A console refunds card purchases on the day they were made. Operator staff can refund any purchase.",
        (ClientKind.Console, _) =>
            "A console captures and voids card purchases on the day they were made, and its own as long as the operator's "
            + "holds last, at least for an hour. Operator staff can void or refund any purchase.",
        (ClientKind.AppBackEnd, _) =>
            "An app back end captures, voids and refunds app purchases. Operator staff can void or refund any purchase.",
        _ =>
            "An app captures and voids its own holds that are not captured. The app's back end and operator staff can void or "
            + "refund what was taken.",
    };
}
