using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.XPath;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>A document to read by XPath, and to break.</summary>
internal sealed class UblDocument(XDocument xml)
{
    public const string Lines = "cac:InvoiceLine | cac:CreditNoteLine";

    public static XmlNamespaceManager Names { get; } = MakeNames();

    public XElement Root => xml.Root!;

    /// <summary>Reads the file of a document, strictly: what no XML may have fails.</summary>
    public static UblDocument Read(byte[] file)
    {
        using var reader = XmlReader.Create(new MemoryStream(file), new XmlReaderSettings { CheckCharacters = true, DtdProcessing = DtdProcessing.Prohibit });
        return new UblDocument(XDocument.Load(reader));
    }

    public UblDocument Copy() => new(new XDocument(xml));

    public List<XElement> All(string path) => Root.All(path);

    public bool Has(string path) => All(path).Count > 0;

    /// <summary>The text of the first that there is; empty when there is none.</summary>
    public string Text(string path) => Root.Text(path);

    /// <summary>The number of the first that there is; null when there is none, which equals nothing in a rule.</summary>
    public decimal? Number(string path) => Root.Number(path);

    /// <summary>Removes all that the path finds; whether there were any.</summary>
    public bool Remove(string path)
    {
        var found = All(path);
        found.ForEach(element => element.Remove());
        return found.Count > 0;
    }

    /// <summary>Gives the first that the path finds another text; whether there was one.</summary>
    public bool Set(string path, string value) => First(path, element => element.Value = value);

    /// <summary>Adds to the first number that the path finds; whether there was one.</summary>
    public bool Raise(string path, decimal by = 0.01m) => First(path, element =>
        element.Value = (decimal.Parse(element.Value, CultureInfo.InvariantCulture) + by).ToString("0.00##", CultureInfo.InvariantCulture));

    public bool SetAttribute(string path, string name, string? value) => First(path, element => element.SetAttributeValue(name, value));

    /// <summary>Adds a copy behind the first that the path finds; whether there was one.</summary>
    public bool Repeat(string path) => First(path, element => element.AddAfterSelf(new XElement(element)));

    /// <summary>Adds an element behind the first that the path finds, such as <c>cbc:Note</c>; whether there was one.</summary>
    public bool AddAfter(string path, string name, params object[] content) => First(path, element => element.AddAfterSelf(Make(name, content)));

    /// <summary>An element by its prefixed name.</summary>
    public static XElement Make(string name, params object[] content)
    {
        var parts = name.Split(':');
        return new XElement(XName.Get(parts[1], Names.LookupNamespace(parts[0])!), content);
    }

    public override string ToString() => xml.ToString();

    private bool First(string path, Action<XElement> change)
    {
        var first = Root.XPathSelectElement(path, Names);
        if (first is not null)
        {
            change(first);
        }

        return first is not null;
    }

    private static XmlNamespaceManager MakeNames()
    {
        var names = new XmlNamespaceManager(new NameTable());
        names.AddNamespace("cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2");
        names.AddNamespace("cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2");
        return names;
    }
}

/// <summary>The same questions to a part of a document.</summary>
internal static class UblElement
{
    public static List<XElement> All(this XElement from, string path) => [.. from.XPathSelectElements(path, UblDocument.Names)];

    public static string Text(this XElement from, string path) => from.XPathSelectElement(path, UblDocument.Names)?.Value.Trim() ?? "";

    public static decimal? Number(this XElement from, string path) =>
        decimal.TryParse(from.Text(path), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
