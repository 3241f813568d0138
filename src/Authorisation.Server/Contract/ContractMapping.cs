using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using AuthorisationState = Authorisation.Core.AuthorisationState;
using Credit = Authorisation.Core.Credit;

namespace Authorisation.Server.Contract;

/// <summary>
/// Writes the words of the core as the contract's messages. The numbers of shared enums are the same.
/// </summary>
internal static class ContractMapping
{
    public static V1.Credit ToContract(this Credit credit, Operator terms) => new()
    {
        LimitMinor = credit.LimitMinor,
        SpentMinor = credit.SpentMinor,
        HeldMinor = credit.HeldMinor,
        RemainingMinor = credit.RemainingMinor,
        Currency = terms.Currency,
        Month = credit.Month.ToString(),
        ResetsAt = credit.Month.Next.StartsAt(terms.TimeZone).ToTimestamp(),
        Usable = credit.IsUsable,
        DeclineReason = (V1.DeclineReason)credit.DeclineReason,
    };

    public static AuthoriseResponse ToResponse(
        this AuthorisationEntry entry, Credit? credit, bool replayed, Operator terms) => new()
        {
            AuthorisationId = entry.Purchase.Id.ToString(),
            Decision = (V1.Decision)entry.Decision,
            DeclineReason = (V1.DeclineReason)entry.DeclineReason,
            DeclinedBy = (V1.RuleOwner)entry.DeclinedBy,
            Credit = credit?.ToContract(terms),
            DecidedAt = entry.DecidedAt.ToTimestamp(),
            ExpiresAt = entry.ExpiresAt?.ToTimestamp(),
            Replayed = replayed,
        };

    public static AuthorisationRecord ToRecord(
        this AuthorisationHistory history, AuthorisationState state, Operator terms)
    {
        var entry = history.Entry;
        return new AuthorisationRecord
        {
            AuthorisationId = entry.Purchase.Id.ToString(),
            State = (V1.AuthorisationState)state,
            DeclineReason = (V1.DeclineReason)entry.DeclineReason,
            DeclinedBy = (V1.RuleOwner)entry.DeclinedBy,
            AmountMinor = entry.Purchase.AmountMinor,
            CapturedMinor = history.CapturedMinor,
            RefundedMinor = history.RefundedMinor,
            Currency = terms.Currency,
            Purpose = entry.Purchase.Purpose ?? "",
            Product = entry.Purchase.Product ?? "",
            DecidedAt = entry.DecidedAt.ToTimestamp(),
            ExpiresAt = entry.ExpiresAt?.ToTimestamp(),
            Month = history.CreditMonth.ToString(),
            Advice = history.Advice is not null,
            InvoiceMonth = history.InvoiceMonth.ToString(),
        };
    }

    /// <summary>The record with everything that happened to the authorisation, as a caller sees it.</summary>
    public static AuthorisationRecord WithOperations(
        this AuthorisationRecord record, AuthorisationHistory history, Caller caller)
    {
        record.Operations.AddRange(history.Operations.Select(operation => operation.ToRecord(caller)));
        return record;
    }

    /// <summary>What became of an operation; a result that is decided or replayed.</summary>
    public static OperationResponse ToResponse(this CommitResult result, Operation operation, Caller caller) => new()
    {
        OperationId = operation.Id.ToString(),
        Authorisation = result.History!.ToRecord(result.History!.RecordedState, caller.Operator),
        Credit = result.Credit?.ToContract(caller.Operator),
        Replayed = result.Status == CommitStatus.Replayed,
        Operation = result.Operation!.ToRecord(caller),
    };

    private static OperationRecord ToRecord(this OperationEntry operation, Caller caller) => new()
    {
        OperationId = operation.Request.Id.ToString(),
        Kind = (V1.OperationKind)operation.Request.Kind,
        MadeAt = operation.MadeAt.ToTimestamp(),
        By = (V1.OperationBy)operation.By,
        Own = operation.Request.Originator == caller.Actor.Originator,
        AmountMinor = operation.AmountMinor,
        InvoicedMinor = operation.InvoicedMinor,
        InvoiceMonth = operation.InvoicedMinor == 0 ? "" : operation.InvoiceMonth.ToString(),
        Reason = operation.Request.Reason ?? "",
    };
}
