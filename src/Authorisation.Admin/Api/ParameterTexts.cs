namespace Authorisation.Admin.Api;

/// <summary>
/// What the API's description says of the parameters in addresses. One name means the same in every call.
/// </summary>
internal static class ParameterTexts
{
    private static readonly Dictionary<string, string> InQueries = new(StringComparer.Ordinal)
    {
        ["all"] = "True to end each of the caller's sessions, and not only the one that asks.",
        ["bearer"] = "Only those on a card or app whose number ends with these four digits.",
        ["day"] = "The day, as YYYY-MM-DD; the operator's today unless given.",
        ["billing_reference"] = "The billing reference whose budget it is.",
        ["department_id"] = "Only of this department.",
        ["format"] = "The form of the answer; as Accept says unless given.",
        ["group_by"] = "What a row is about; the traveller unless given.",
        ["kind"] = "Only products of this kind.",
        ["mode"] = "all_or_nothing, unless given, refuses a file for any row that is wrong; valid_rows applies the others; whole_list also shows who is missing in it.",
        ["month"] = "The month, as YYYY-MM. Of purchases and reports the current one unless given; of invoices all, and a file is of one.",
        ["operator"] = "The code of an operator; all that the caller sees unless given.",
        ["organisation_id"] = "Only of this organisation; a report is of one.",
        ["page_size"] = "How many items the page has at most; 50 unless given.",
        ["page_token"] = "Where to go on: next_page_token of the page before.",
        ["q"] = "Only those with this text in their name; an organisation also by its number, a traveller by e-mail address or mobile number, a product by code.",
        ["sold_by"] = "Only products that may be sold this way.",
        ["state"] = "Only those that stand like this.",
        ["pay_type"] = "The pay type that the payroll program has for such deductions; a PAXml file needs it.",
        ["status"] = "Only those with this status.",
        ["subject"] = "Only about this: of the audit trail such as traveller: and an id, of events such as a ticket's id.",
        ["traveller_id"] = "Only those for this traveller.",
    };

    // By what stands before them in the path.
    private static readonly Dictionary<string, string> InPaths = new(StringComparer.Ordinal)
    {
        ["accounting"] = "The closed month, as YYYY-MM.",
        ["administrators"] = "The administrator's id.",
        ["authorisations"] = "The purchase's id.",
        ["clients"] = "The client's id.",
        ["credit-accounts"] = "The credit's id.",
        ["departments"] = "The department's id.",
        ["events"] = "The event's id.",
        ["invitations"] = "The token at the end of the link that was mailed.",
        ["invoices"] = "The invoice's id.",
        ["messages"] = "The message's id.",
        ["month-ends"] = "The id of the night's work.",
        ["operators"] = "The operator's code.",
        ["order-links"] = "The token at the end of the link.",
        ["organisations"] = "The organisation's id.",
        ["password-resets"] = "The token at the end of the link that was mailed.",
        ["products"] = "The product's code.",
        ["requests"] = "The request's id.",
        ["sessions"] = "The session's id.",
        ["staff"] = "The id of the person as staff of an operator.",
        ["ticket-orders"] = "The order's id.",
        ["tickets"] = "The ticket's id.",
        ["staff-applications"] = "The application's id.",
        ["staff-offers"] = "The offer's id.",
        ["subscriptions"] = "The subscription's id.",
        ["traveller-imports"] = "The import's id.",
        ["terms"] = "The kind of document: privacy, travel or general.",
        ["travellers"] = "The traveller's id.",
        ["{kind}"] = "The version of the document, as the operator names it.",
    };

    /// <summary>What a parameter behind the question mark is for.</summary>
    /// <exception cref="InvalidOperationException">It has no text here.</exception>
    public static string OfQuery(string name) => InQueries.TryGetValue(name, out var text) ? text : throw Missing(name);

    /// <summary>What a parameter in the path is for.</summary>
    /// <param name="path">The path, with or without a slash in front, such as <c>v1/travellers/{id}</c>.</param>
    /// <param name="name">The parameter.</param>
    /// <exception cref="InvalidOperationException">It has no text here.</exception>
    public static string OfPath(string path, string name)
    {
        var parts = path.Split('/');
        var place = Array.FindIndex(parts, part => part.StartsWith($"{{{name}", StringComparison.Ordinal));
        return place > 0 && InPaths.TryGetValue(parts[place - 1], out var text) ? text : throw Missing(name);
    }

    private static InvalidOperationException Missing(string name) =>
        new($"{name} has no description: add it to {nameof(ParameterTexts)}.");
}
