using Authorisation.Billing.Amounts;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>The lines of an invoice, from the rows of the ledger that it is for.</summary>
internal static class InvoiceLines
{
    /// <summary>What <see cref="InvoiceLine.Instrument"/> is for an app.</summary>
    public const string App = "app";

    /// <summary>What <see cref="InvoiceLine.Instrument"/> begins with for a card.</summary>
    public const string CardPrefix = "card ";

    private const int CardDigitsShown = 4;

    /// <summary>
    /// The numbered lines, by department, traveller, instrument and time: the same rows give the same lines, in
    /// whatever order they come. What comes to 0 is no line, unless something of an older month is in it, which has to
    /// be seen somewhere.
    /// </summary>
    /// <param name="rows">The rows of one invoice.</param>
    /// <param name="month">
    /// The month that is invoiced; a row of an earlier one says when it was made, a sum of which month it is.
    /// </param>
    /// <param name="itemisesCards">
    /// Whether each row of a card is a line; else a card's rows of one month are summed.
    /// </param>
    /// <param name="locale">How the operator writes.</param>
    /// <param name="texts">What the operator calls products.</param>
    public static IReadOnlyList<InvoiceLine> Of(
        IEnumerable<BilledRow> rows, CreditMonth month, bool itemisesCards, Locale locale, ProductTexts texts)
    {
        var all = rows.ToList();
        var itemised = all.Where(row => itemisesCards || row.CardNumber is null).Select(row => Itemised(row, month, locale, texts));
        var summed =
            from row in all
            where !itemisesCards && row.CardNumber is not null
            group row by (
                row.CardNumber, row.DepartmentId, row.TravellerId, row.CostCentre, row.VatBasisPoints, row.VatCategory, row.CreditMonth)
            into same
            select Summed([.. same], month, locale);

        // Names sort by their characters and not as a language sorts them: the order must not depend on the machine.
        var ordered = itemised.Concat(summed)
            .Where(one => one.Line.GrossMinor != 0 || one.IsLate)
            .OrderBy(one => one.Line.Department, StringComparer.Ordinal)
            .ThenBy(one => one.Line.Traveller, StringComparer.Ordinal)
            .ThenBy(one => one.Line.Instrument, StringComparer.Ordinal)
            .ThenBy(one => one.Line.MadeAt)
            .ThenBy(one => one.Id)
            .Select((one, i) => one.Line with { Number = i + 1 });
        return WithNets([.. ordered]);
    }

    /// <summary>The subtotals of these lines.</summary>
    public static IReadOnlyList<TaxSubtotal> Subtotals(IEnumerable<InvoiceLine> lines) =>
        InvoiceAmounts.Subtotals(lines.Select(line => (line.VatCategory, line.VatBasisPoints, line.GrossMinor)));

    /// <summary>
    /// The lines with their nets, which sum to those of <see cref="Subtotals(IEnumerable{InvoiceLine})"/> in each
    /// category and rate. No net is more than one minor unit from the line's own.
    /// </summary>
    public static IReadOnlyList<InvoiceLine> WithNets(IReadOnlyList<InvoiceLine> lines)
    {
        var nets = new long[lines.Count];
        foreach (
            var same in Enumerable.Range(0, lines.Count).GroupBy(i => (lines[i].VatCategory, lines[i].VatBasisPoints)))
        {
            var places = same.ToArray();
            var shares = InvoiceAmounts.Nets(same.Key.VatBasisPoints, [.. places.Select(i => lines[i].GrossMinor)]);
            for (var i = 0; i < places.Length; i++)
            {
                nets[places[i]] = shares[i];
            }
        }

        return [.. lines.Select((line, i) => line with { NetMinor = nets[i] })];
    }

    private static (InvoiceLine Line, Guid Id, bool IsLate) Itemised(BilledRow row, CreditMonth month, Locale locale, ProductTexts texts)
    {
        var description = row.Charge ?? InvoiceTexts.Description(locale.Language, row.Kind);
        var isLate = row.CreditMonth < month;
        if (isLate)
        {
            description += $" ({locale.Day(row.OccurredAt ?? row.RecordedAt)})";
        }

        // A charge says what it is by itself.
        var product = row.Charge is null ? texts.Of(row.Product) : null;
        var line = LineOf(row, description) with
        {
            Name = product is null ? description : row.Kind is null && !isLate ? product : $"{description}: {product}",
            Purpose = row.Purpose,
            Product = row.Product,
            OccurredAt = row.OccurredAt,
            RecordedAt = row.RecordedAt,
        };
        return (line, row.Id, isLate);
    }

    private static (InvoiceLine Line, Guid Id, bool IsLate) Summed(IReadOnlyList<BilledRow> rows, CreditMonth month, Locale locale)
    {
        // A traveller renamed within the month has the name of the month's end.
        var last = rows.MaxBy(row => (row.RecordedAt, row.Id))!;
        var description = InvoiceTexts.CardSum(locale.Language);
        var isLate = last.CreditMonth < month;
        if (isLate)
        {
            description += $" ({last.CreditMonth})";
        }

        var line = LineOf(last, description) with
        {
            Count = rows.Count,
            GrossMinor = rows.Sum(row => row.AmountMinor),
        };
        return (line, rows.Min(row => row.Id), isLate);
    }

    /// <summary>A line of this row's parties, instrument, rate and amount, with neither number nor net yet.</summary>
    private static InvoiceLine LineOf(BilledRow row, string description) => new()
    {
        Number = 0,
        DepartmentId = row.DepartmentId,
        Department = row.Department,
        CostCentre = row.CostCentre,
        TravellerId = row.TravellerId,
        Traveller = row.Traveller,
        Instrument = row.CardNumber is { } card ? $"{CardPrefix}····{LastDigits(card)}" : row.Charge is null ? App : null,
        Name = description,
        Description = description,
        Count = 1,
        NetMinor = 0,
        VatBasisPoints = row.VatBasisPoints,
        VatCategory = row.VatCategory,
        GrossMinor = row.AmountMinor,
    };

    private static string LastDigits(string card) => card.Length <= CardDigitsShown ? card : card[^CardDigitsShown..];
}
