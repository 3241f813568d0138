using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Products;

/// <summary>Gives a file of a price list to fill in: the names of the columns, and two rows that show what to write.</summary>
internal sealed class GetPriceListTemplate
{
    /// <returns>The file, as CSV, with the mark that makes spreadsheets read it as UTF-8.</returns>
    /// <exception cref="RefusedException">The principal is no staff of the operator.</exception>
    public async Task<string> RunAsync(UnitOfWork work, string @operator)
    {
        var (terms, today) = await Catalogue.GetOfStaffAsync(work, @operator);
        var (first, vat) = (PriceRow.Text(today.AddDays(1)), terms.VatBasisPoints);
        return $"\uFEFF{PriceListColumns.HeaderLine}\r\n"
            + $"single-adult;34,00;{first};Enkelbiljett vuxen;Enkeltbillett voksen;Single ticket adult;single;;adult;S;{vat};credit order\r\n"
            + $"period-30-adult;750,00;{first};30-dagarsbiljett vuxen;30-dagersbillett voksen;30-day ticket adult;period;1,2,3;adult;S;{vat};"
            + "order staff_offer\r\n";
    }
}
