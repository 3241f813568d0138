using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;

namespace Authorisation.Billing.Payroll;

/// <summary>
/// Payroll deductions as PAXml 2.0, which Swedish payroll programs read: a transaction of the employer's pay type for each,
/// on the month's last day, with a negative amount for what is taken from the salary.
/// </summary>
internal static class PayrollXml
{
    // Enough to begin with; the list has all.
    private const int NamesMax = 20;
    private const string Version = "2.0";
    private const string Schema = "http://www.paxml.se/2.0/paxml.xsd";
    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>The file.</summary>
    /// <param name="report">All deductions of a month.</param>
    /// <param name="payType">The employer's pay type (löneart) of such deductions.</param>
    /// <param name="madeAt">When it is made, by the operator's clocks.</param>
    /// <exception cref="RefusedException">
    /// <see cref="ProblemCode.EmployeeNumberMissing"/>: a payroll program knows people by their numbers alone.
    /// </exception>
    public static byte[] Write(PayrollReport report, string payType, DateTime madeAt)
    {
        if (report.Rows.Where(static row => row.EmployeeNumber is null).Select(static row => row.Traveller).Distinct(StringComparer.Ordinal)
            .ToList() is { Count: > 0 } without)
        {
            throw new RefusedException(
                ProblemCode.EmployeeNumberMissing,
                $"A payroll file needs the employee's number of everybody in it; missing of: {string.Join(", ", without.Take(NamesMax))}{(without.Count > NamesMax ? ", …" : "")}. "
                + "Set it: PATCH /v1/travellers/{id} with employee_number, also of who was removed.");
        }

        var day = SubscriptionMonths.LastDayOf(report.Month).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var document = new XDocument(new XElement(
            "paxml",
            new XAttribute(XNamespace.Xmlns + "xsi", Instance),
            new XAttribute(Instance + "noNamespaceSchemaLocation", Schema),
            new XElement(
                "header",
                new XElement("format", "LÖNIN"),
                new XElement("version", Version),
                new XElement("datum", madeAt.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)),
                report.Organisation.OrganisationNumber is { } number ? new XElement("foretagorgnr", number) : null,
                new XElement("foretagnamn", report.Organisation.Name)),
            new XElement("lonetransaktioner", report.Rows.Select((row, i) => new XElement(
                "lonetrans",
                new XAttribute("postid", i + 1),
                new XAttribute("anstid", row.EmployeeNumber!),
                new XElement("lonart", payType),
                new XElement("benamning", row.Description),
                new XElement("datum", day),
                new XElement("antal", "1"),
                new XElement("belopp", Decimals.Amount(-row.DeductionMinor)))))));
        using var file = new MemoryStream();
        using (var writer = XmlWriter.Create(file, new XmlWriterSettings { Indent = true, Encoding = new System.Text.UTF8Encoding(false) }))
        {
            document.Save(writer);
        }

        return file.ToArray();
    }
}
