using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>What the contract says of commands that were not done.</summary>
internal static class CommitErrors
{
    /// <summary>The error that a result stands for.</summary>
    /// <param name="result">Neither decided nor replayed.</param>
    /// <param name="idField">The contract's name of the id that the command goes by.</param>
    public static RpcException Of(CommitResult result, string idField) => result.Status switch
    {
        CommitStatus.DiffersFromFirst => Errors.AlreadyExists(
            "ID_USED_WITH_OTHER_FIELDS",
            $"This {idField} was used before with another {string.Join(", ", result.Differences)}.",
            result.Differences),
        CommitStatus.TakenByAnother => Errors.AlreadyExists(
            "ID_TAKEN", "This id belongs to another client; make a new one.", []),
        CommitStatus.NotFound => NoAuthorisation(),
        CommitStatus.NotAllowed => Errors.PermissionDenied(
            "OPERATION_NOT_ALLOWED", "The authorisation is not the caller's to do this to."),
        CommitStatus.Refused => Refused(result.Refusal),
        CommitStatus.QueueFull => Errors.ShareFull(
            "QUEUE_FULL", result.Full, "what waits to be decided", $"Retry later with the same {idField}."),
        CommitStatus.AccountLocked => Errors.Unavailable(
            "ACCOUNT_LOCKED", "The account is locked by somebody else; whether it was decided is unknown. Retry with the same id."),
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

    /// <summary>NOT_FOUND, also for what is not the caller's to see.</summary>
    public static RpcException NoAuthorisation() =>
        Errors.NotFound("AUTHORISATION_NOT_FOUND", "There is no such authorisation.");

    private static RpcException Refused(Refusal refusal)
    {
        var (reason, message) = refusal switch
        {
            Refusal.AuthorisationDeclined => ("AUTHORISATION_DECLINED", "The purchase was declined: there is nothing to take or to give back."),
            Refusal.AlreadyCaptured => ("ALREADY_CAPTURED", "It has been taken already; nothing is held any more."),
            Refusal.AlreadyVoided => ("ALREADY_VOIDED", "It has been voided."),
            Refusal.AlreadyRefunded => ("ALREADY_REFUNDED", "All of it has been refunded."),
            Refusal.HoldExpired => ("HOLD_EXPIRED", "The hold has lapsed; make a new purchase."),
            Refusal.NotCaptured => ("NOT_CAPTURED", "It is held and has not been taken: Void it instead."),
            Refusal.AmountOverHeld => ("AMOUNT_OVER_HELD", "The amount is more than is held."),
            Refusal.AmountOverRemaining => ("AMOUNT_OVER_REMAINING", "The amount is more than was taken and has not been refunded."),
            Refusal.MonthClosed => ("MONTH_CLOSED", "The month whose invoice carries it is closed: Refund it instead."),
            Refusal.TooManyOperations => (
                "TOO_MANY_OPERATIONS", $"It has had {Limits.OperationsPerAuthorisationMax} operations; no more are taken."),
            _ => throw new InvalidOperationException($"{refusal} is not told to callers."),
        };
        return Errors.FailedPrecondition(reason, message);
    }
}
