using Authorisation.Core;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Credit = Authorisation.Core.Credit;
using Decision = Authorisation.Core.Decision;

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

    public static AuthorisationRecord ToRecord(this AuthorisationEntry entry, Operator terms) => new()
    {
        AuthorisationId = entry.Purchase.Id.ToString(),
        State = entry switch
        {
            { Decision: Decision.Declined } => AuthorisationState.Declined,
            { Purchase.Hold: true } => AuthorisationState.Held,
            _ => AuthorisationState.Captured,
        },
        DeclineReason = (V1.DeclineReason)entry.DeclineReason,
        AmountMinor = entry.Purchase.AmountMinor,
        CapturedMinor = entry is { Decision: Decision.Approved, Purchase.Hold: false } ? entry.Purchase.AmountMinor : 0,
        Currency = terms.Currency,
        Purpose = entry.Purchase.Purpose ?? "",
        Product = entry.Purchase.Product ?? "",
        DecidedAt = entry.DecidedAt.ToTimestamp(),
        ExpiresAt = entry.ExpiresAt?.ToTimestamp(),
        Month = entry.CreditMonth.ToString(),
        InvoiceMonth = entry.InvoiceMonth.ToString(),
    };
}
