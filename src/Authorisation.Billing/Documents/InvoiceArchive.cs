using System.IO.Compression;
using System.Text;
using Authorisation.Administration.Trips;
using Authorisation.Billing.Invoices;
using Npgsql;

namespace Authorisation.Billing.Documents;

/// <summary>
/// A month's invoices as one file, written one after another, so that a large month needs no more memory than a small
/// one.
/// </summary>
internal static class InvoiceArchive
{
    /// <summary>The name, in the archive, of the list of invoices that are no e-invoice.</summary>
    public const string IncompleteName = "incomplete.txt";

    /// <summary>Writes all invoices into one file for spreadsheets.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="rows">The invoices, in the order in which they are written.</param>
    /// <param name="to">The file.</param>
    /// <param name="stop">Gives it up.</param>
    public static async Task WriteCsvAsync(
        NpgsqlConnection db, InvoiceReader reader, IReadOnlyList<InvoiceHeader> rows, Stream to, CancellationToken stop)
    {
        await to.WriteAsync(InvoiceCsv.Header(), stop);
        foreach (var row in rows)
        {
            await to.WriteAsync(InvoiceCsv.Rows(await reader.ReadAsync(db, row, TripSight.Employer, stop), row.Locale), stop);
        }
    }

    /// <summary>Writes each invoice as an e-invoice, and lists those that cannot be one with what they lack.</summary>
    public static async Task WriteZipAsync(
        NpgsqlConnection db, InvoiceReader reader, IReadOnlyList<InvoiceHeader> rows, Stream to, CancellationToken stop)
    {
        var incomplete = new StringBuilder();
        using var archive = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var row in rows)
        {
            var invoice = await reader.ReadAsync(db, row, TripSight.Employer, stop);
            if (PeppolXml.Missing(invoice) is { Count: > 0 } missing)
            {
                incomplete.Append(row.Number).Append(": ").AppendJoin(' ', missing).Append("\r\n");
                continue;
            }

            await AddAsync(archive, FileName(row) + ".xml", PeppolXml.Write(invoice, row.Locale), stop);
        }

        if (incomplete.Length > 0)
        {
            await AddAsync(archive, IncompleteName, Encoding.UTF8.GetBytes(incomplete.ToString()), stop);
        }
    }

    /// <summary>What the file of an invoice is called, without its ending.</summary>
    public static string FileName(InvoiceHeader row) => $"{row.Operator}-{row.Number}";

    private static async Task AddAsync(ZipArchive archive, string name, byte[] content, CancellationToken stop)
    {
        await using var entry = await archive.CreateEntry(name).OpenAsync(stop);
        await entry.WriteAsync(content, stop);
    }
}
