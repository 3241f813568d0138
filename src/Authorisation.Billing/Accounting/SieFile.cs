using System.Globalization;
using System.Text;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Accounting;

/// <summary>
/// A file of SIE type 4i, with which a system beside the bookkeeping hands it verifications: no balances, and its text in
/// code page 437, which the format calls PC8. The amounts of each verification come to 0.
/// </summary>
internal sealed class SieFile
{
    /// <summary>The series that verifications are in: F for <i>faktura</i>.</summary>
    private const string Series = "F";

    private const string LineEnd = "\r\n";

    private readonly AccountPlan _plan;
    private readonly StringBuilder _text = new();

    /// <summary>Begins the file with its head and the accounts that it uses.</summary>
    /// <param name="seller">Whose bookkeeping it is.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="plan">The accounts.</param>
    /// <param name="madeOn">The operator's day.</param>
    public SieFile(Party seller, string currency, AccountPlan plan, DateOnly madeOn)
    {
        _plan = plan;
        Line("#FLAGGA 0");
        Line("#PROGRAM Authorisation 1");
        Line("#FORMAT PC8");
        Line($"#GEN {Day(madeOn)}");
        Line("#SIETYP 4");
        var number = seller.OrganisationNumber ?? "";
        Line($"#ORGNR {number[..^4]}-{number[^4..]}");
        Line($"#FNAMN {Quoted(seller.Name)}");
        Line($"#VALUTA {currency}");
        foreach (var (account, name) in Names(plan))
        {
            Line($"#KONTO {account} {Quoted(name)}");
        }
    }

    /// <summary>Adds an invoice: what is to be paid, against net and VAT of each rate and the rounding.</summary>
    /// <exception cref="RefusedException">500: its parts do not come to its total.</exception>
    public void Add(BookedInvoice invoice, IReadOnlyList<TaxSubtotal> taxes)
    {
        var rows = new List<(string Account, long AmountMinor)> { (_plan.ReceivablesAccount, invoice.TotalMinor) };
        foreach (var tax in taxes)
        {
            var accounts = _plan.Rates.Single(one => one.Rate.Category == tax.Category && one.VatBasisPoints == tax.BasisPoints);
            rows.Add((accounts.RevenueAccount, -tax.NetMinor));
            rows.Add((accounts.VatAccount ?? "", -tax.VatMinor));
        }

        rows.Add((_plan.RoundingAccount, -invoice.RoundingMinor));
        if (rows.Sum(row => row.AmountMinor) != 0)
        {
            throw new RefusedException(
                ProblemCode.InvoiceDoesNotAddUp, $"The parts of invoice {invoice.Number} do not come to its total; nothing is exported.");
        }

        var kind = invoice.Kind == InvoiceKind.CreditNote ? "Kreditfaktura" : "Faktura";
        Line($"#VER {Series} {Decimals.Whole(invoice.SeriesNumber)} {Day(invoice.PublishedOn)} "
            + Quoted($"{kind} {invoice.Number} {invoice.OrganisationName}"));
        Line("{");
        foreach (var (account, amountMinor) in rows.Where(row => row.AmountMinor != 0))
        {
            Line($"   #TRANS {account} {{}} {Decimals.Amount(amountMinor)}");
        }

        Line("}");
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes() => CodePage437.Write(_text.ToString());

    private static IEnumerable<(string Account, string Name)> Names(AccountPlan plan)
    {
        var names = new List<(string Account, string Name)> { (plan.ReceivablesAccount, "Kundfordringar") };
        foreach (var rate in plan.Rates)
        {
            var percent = Decimals.Percent(rate.VatBasisPoints);
            names.Add((rate.RevenueAccount, rate.VatAccount is null ? "Försäljning, momsfri" : $"Försäljning, moms {percent} %"));
            if (rate.VatAccount is { } vat)
            {
                names.Add((vat, $"Utgående moms {percent} %"));
            }
        }

        names.Add((plan.RoundingAccount, "Öresavrundning"));
        return names.DistinctBy(one => one.Account, StringComparer.Ordinal);
    }

    private static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    // No control character may stand in a field, a quotation mark follows a backslash, and nothing is said of a backslash itself.
    private static string Quoted(string text)
    {
        var field = new StringBuilder("\"");
        foreach (var c in text)
        {
            field.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "/",
                _ when char.IsControl(c) => " ",
                _ => c.ToString(),
            });
        }

        return field.Append('"').ToString();
    }

    private void Line(string line) => _text.Append(line).Append(LineEnd);
}
