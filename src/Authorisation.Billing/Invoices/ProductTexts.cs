using Authorisation.Administration.Operators;
using Authorisation.Administration.Products;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// What an operator calls the products that clients name by code, such as <c>single-adult</c>. Never changed once made.
/// </summary>
internal sealed class ProductTexts
{
    private readonly IReadOnlyDictionary<string, string> _texts;

    public ProductTexts(IReadOnlyDictionary<string, string> texts) => _texts = texts;

    public static ProductTexts None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The texts by code.</summary>
    public IReadOnlyDictionary<string, string> All => _texts;

    /// <summary>
    /// What a product is called: by its code where it has no text. Null for no product, or a blank one.
    /// </summary>
    public string? Of(string? product) =>
        product is not null
            && _texts.TryGetValue(product, out var text) ? text : PrintableText.IsBlank(product) ? null : product;

    public static ProductTexts Read(string json) => new(InvoiceJson.Read<Dictionary<string, string>>(json));

    /// <summary>The texts that an invoice was made with.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="id">Which; null for none.</param>
    public static async Task<ProductTexts> ReadAsync(NpgsqlConnection db, long? id) => id is null
        ? None
        : Read(await db.ExecuteScalarAsync<string>("select texts::text from billing.product_texts where id = @id", new { id }) ?? "{}");

    /// <summary>Stores them beside those of before, which invoices may have.</summary>
    /// <returns>Where they are; null when there are none.</returns>
    public async Task<long?> AddAsync(NpgsqlConnection db, int operatorId) => _texts.Count == 0
        ? null
        : await db.ExecuteScalarAsync<long>(
            "insert into billing.product_texts (operator_id, texts) values (@operatorId, @texts::jsonb) returning id",
            new { operatorId, texts = InvoiceJson.Write(_texts) });

    /// <summary>
    /// Stores these texts with, for products of the operator's catalogue that have none, their names in its language: what
    /// invoices are made with that are made now. They keep it, whatever the catalogue says later.
    /// </summary>
    /// <param name="db">Within a transaction that has locked how the operator invoices.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="id">Where these texts are stored; null for none.</param>
    /// <returns>Where they are stored; null when there are none.</returns>
    public async Task<long?> WithCatalogueAsync(NpgsqlConnection db, OperatorTerms terms, long? id)
    {
        var all = new Dictionary<string, string>(
            await ProductRow.NamesAsync(db, terms.Id, terms.Language), StringComparer.Ordinal);
        foreach (var (product, text) in _texts)
        {
            all[product] = text;
        }

        var texts = new ProductTexts(all);
        return texts.IsSame(this)
            ? id
            : await db.ExecuteScalarAsync<long?>(
                """
                select id from billing.product_texts where operator_id = @Id and texts = @texts::jsonb order by id desc limit 1
                """,
                new { terms.Id, texts = InvoiceJson.Write(all) })
            ?? await texts.AddAsync(db, terms.Id);
    }

    /// <summary>Whether the same products are called the same.</summary>
    public bool IsSame(ProductTexts other) =>
        _texts.Count == other._texts.Count && _texts.All(one => other._texts.TryGetValue(one.Key, out var text) && text == one.Value);
}
