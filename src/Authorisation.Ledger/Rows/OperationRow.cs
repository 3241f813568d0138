using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// An operation as it is sent to Postgres: the type <c>operation_row</c>, whose columns these properties are.
/// </summary>
internal sealed class OperationRow
{
    public Guid Id { get; set; }

    public Guid AuthorisationId { get; set; }

    public int Ordinal { get; set; }

    public int OperatorId { get; set; }

    public short Kind { get; set; }

    public long? ClientId { get; set; }

    public Guid? AppAccountId { get; set; }

    public long? RequestedMinor { get; set; }

    public string? Reason { get; set; }

    public bool MadeOffline { get; set; }

    public short StateAfter { get; set; }

    public long AmountMinor { get; set; }

    public long SpentMinor { get; set; }

    public long HeldMinor { get; set; }

    public long InvoicedMinor { get; set; }

    public Guid? AccountId { get; set; }

    public long? BillingSnapshotId { get; set; }

    public int CreditMonth { get; set; }

    public int InvoiceMonth { get; set; }

    public DateTime MadeAt { get; set; }

    public bool OverLimit { get; set; }

    /// <summary>Takes on the values of an operation of an operator.</summary>
    public void Set(OperationEntry entry, int operatorId)
    {
        var request = entry.Request;
        Id = request.Id;
        AuthorisationId = request.AuthorisationId;
        Ordinal = entry.Ordinal;
        OperatorId = operatorId;
        Kind = (short)request.Kind;
        ClientId = request.Originator.ClientId;
        AppAccountId = request.By.AppAccountId;
        RequestedMinor = request.AmountMinor;
        Reason = request.Reason;
        MadeOffline = request.MadeOffline;
        StateAfter = (short)entry.StateAfter;
        AmountMinor = entry.AmountMinor;
        SpentMinor = entry.SpentMinor;
        HeldMinor = entry.HeldMinor;
        InvoicedMinor = entry.InvoicedMinor;
        AccountId = entry.AccountId;
        BillingSnapshotId = entry.BillingSnapshotId;
        CreditMonth = entry.CreditMonth.Number;
        InvoiceMonth = entry.InvoiceMonth.Number;
        MadeAt = entry.MadeAt.UtcDateTime;
        OverLimit = entry.OverLimit;
    }
}
