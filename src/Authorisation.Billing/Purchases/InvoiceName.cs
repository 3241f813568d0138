namespace Authorisation.Billing.Purchases;

/// <summary>An invoice, as far as it is named beside what stands on it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number in the operator's series.</param>
public sealed record InvoiceName(Guid Id, string Number);
