using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using AuthorisationState = Authorisation.Core.AuthorisationState;
using Credit = Authorisation.Core.Credit;

namespace Authorisation.Server.Services;

/// <summary>Writes the words of the core as the contract's messages. The numbers of shared enums are the same.</summary>
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
    };

    public static AuthoriseResponse ToResponse(
        this AuthorisationEntry entry, Credit? credit, bool replayed, Operator terms) => new()
        {
            AuthorisationId = entry.Purchase.Id.ToString(),
            Decision = (V1.Decision)entry.Decision,
            DeclineReason = (V1.DeclineReason)entry.DeclineReason,
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

    /// <summary>What became of an operation; a result that is decided or replayed.</summary>
    public static OperationResponse ToResponse(this CommitResult result, Operation operation, Operator terms) => new()
    {
        OperationId = operation.Id.ToString(),
        Authorisation = result.History!.ToRecord(result.History!.RecordedState, terms),
        Credit = result.Credit?.ToContract(terms),
        Replayed = result.Status == CommitStatus.Replayed,
    };
}
