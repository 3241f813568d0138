using Authorisation.Core;
using Authorisation.Testing.Ledger;

namespace Authorisation.Admin.Tests.Support;

/// <summary>Charges beside those of tickets, of any month and amount.</summary>
internal static class Charges
{
    /// <summary>Charges somebody; the id of the charge.</summary>
    /// <param name="ledger">Where.</param>
    /// <param name="account">Billed is whoever this account's purchases are billed to.</param>
    /// <param name="amountMinor">VAT included; negative for what is given back.</param>
    /// <param name="month">The month on whose invoice it stands.</param>
    /// <param name="countsIn">The month that it is for; the same unless given.</param>
    /// <param name="vat">In hundredths of a percent.</param>
    /// <param name="reverses">The charge that it takes back.</param>
    /// <param name="sourceId">What it is for; something new unless given.</param>
    public static Task<Guid> AddAsync(
        TestLedger ledger, Guid account, long amountMinor, CreditMonth month, CreditMonth? countsIn = null, int vat = 600,
        Guid? reverses = null, string? sourceId = null) => ledger.AskAsync<Guid>(
        """
        insert into billing.charge (
          id, operator_id, billing_snapshot_id, source_kind, source_id, reverses, amount_minor, vat_basis_points, vat_category,
          credit_month, invoice_month, description, product)
        select gen_random_uuid(), a.operator_id, a.billing_snapshot_id, 'ticket', @sourceId, @reverses::uuid, @amountMinor, @vat,
               case when @vat = 0 then 'Z' else 'S' end, @credit, @invoice, @description, 'period-30'
        from credit_account a where a.id = @account
        returning id
        """,
        new
        {
            sourceId = sourceId ?? Guid.NewGuid().ToString(),
            reverses,
            amountMinor,
            vat,
            credit = (countsIn ?? month).Number,
            invoice = month.Number,
            description = amountMinor < 0 ? "Makulerad 30-dagarsbiljett" : "30-dagarsbiljett",
            account,
        });
}
