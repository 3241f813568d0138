using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// An entry as it is sent to Postgres: the type <c>purchase_row</c>, whose columns these properties are.
/// </summary>
internal sealed class EntryRow
{
    public Guid Id { get; set; }

    public int OperatorId { get; set; }

    public long? ClientId { get; set; }

    public Guid? AccountId { get; set; }

    public string? CardNumber { get; set; }

    public long? BillingSnapshotId { get; set; }

    public short Decision { get; set; }

    public short DeclineReason { get; set; }

    public short? DeclinedBy { get; set; }

    public long? AmountMinor { get; set; }

    public bool Hold { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public int CreditMonth { get; set; }

    public int InvoiceMonth { get; set; }

    public DateTime DecidedAt { get; set; }

    public int VatBasisPoints { get; set; }

    public string VatCategory { get; set; } = "";

    public bool VatRateGiven { get; set; }

    public string? Purpose { get; set; }

    public string? Product { get; set; }

    public DateTime? OccurredAt { get; set; }

    public string? Vehicle { get; set; }

    public string? Line { get; set; }

    public string? Zone { get; set; }

    public string? Stop { get; set; }

    public string? DeviceId { get; set; }

    /// <summary>The place of its account in the answer of a decision by snapshot.</summary>
    public int Place { get; set; }

    /// <summary>Whether that account is spent on.</summary>
    public bool IsSpentOn { get; set; }

    /// <summary>Takes on the values of an entry.</summary>
    public void Set(AuthorisationEntry entry, int place = 0, bool isSpentOn = false)
    {
        var purchase = entry.Purchase;
        Id = purchase.Id;
        OperatorId = purchase.Instrument.OperatorId;
        ClientId = purchase.Originator.ClientId;
        AccountId = AccountAskedFor(entry);
        CardNumber = purchase.Instrument.CardNumber;
        BillingSnapshotId = entry.BillingSnapshotId;
        Decision = (short)entry.Decision;
        DeclineReason = (short)entry.DeclineReason;
        DeclinedBy = entry.DeclinedBy == RuleOwner.None ? null : (short)entry.DeclinedBy;
        AmountMinor = entry.IsTombstone ? null : purchase.AmountMinor;
        Hold = purchase.Hold;
        ExpiresAt = entry.ExpiresAt?.UtcDateTime;
        CreditMonth = entry.CreditMonth.Number;
        InvoiceMonth = entry.InvoiceMonth.Number;
        DecidedAt = entry.DecidedAt.UtcDateTime;
        VatBasisPoints = entry.VatBasisPoints;
        VatCategory = VatLetters.Of(purchase.VatCategory);
        VatRateGiven = purchase.VatBasisPoints is not null;
        Purpose = purchase.Purpose;
        Product = purchase.Product;
        OccurredAt = purchase.OccurredAt?.UtcDateTime;
        Vehicle = purchase.Trip?.Vehicle;
        Line = purchase.Trip?.Line;
        Zone = purchase.Trip?.Zone;
        Stop = purchase.Trip?.Stop;
        DeviceId = purchase.DeviceId;
        Place = place;
        IsSpentOn = isSpentOn;
    }

    /// <summary>
    /// An app purchase keeps the account that was asked for also when there is no such account, so that a retry can be
    /// compared with it; the missing billing snapshot shows that it was unknown. A tombstone keeps the account of the
    /// app that made it.
    /// </summary>
    private static Guid? AccountAskedFor(AuthorisationEntry entry) => entry switch
    {
        { AccountId: { } account } => account,
        { IsTombstone: true, Purchase.Originator.ClientId: null } => entry.Purchase.Originator.AppAccountId,
        { Purchase.Instrument: { Kind: InstrumentKind.App, AccountId: var asked } } => asked,
        _ => null,
    };
}
