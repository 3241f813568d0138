using Authorisation.Testing;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>
/// Keeps documents in <c>artifacts/e-invoices</c> for a validator of the official rules, which <c>.ci/run</c> calls on some of
/// each kind. A kind is a folder, such as <c>SE-CreditNote-several-rates-rounding</c>. Tests that run at once keep documents
/// under names of their own, so that none writes another's file.
/// </summary>
internal static class EInvoiceFolder
{
    private static readonly string Root = Path.Combine(Checkout.Root, "artifacts", "e-invoices");

    /// <summary>Writes a document under a name that no other document of its kind has; the same name again replaces it.</summary>
    public static void Keep(string name, byte[] file)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, KindOf(UblDocument.Read(file))));
        File.WriteAllBytes(Path.Combine(folder.FullName, name + ".xml"), file);
    }

    private static string KindOf(UblDocument document)
    {
        var seller = document.Text("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode");
        var rates = document.All("cac:TaxTotal/cac:TaxSubtotal").Count > 1 ? "several-rates" : "one-rate";
        var rounding = document.Has("cac:LegalMonetaryTotal/cbc:PayableRoundingAmount") ? "-rounding" : "";
        return $"{seller}-{document.Root.Name.LocalName}-{rates}{rounding}";
    }
}
