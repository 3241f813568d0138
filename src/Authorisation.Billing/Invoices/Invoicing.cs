using Authorisation.Administration.Operators;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>What an operator invoices with and how; without it no invoices are made.</summary>
internal sealed record Invoicing
{
    private const string Columns = """
        i.seller::text as seller_json, i.payment::text as payment_json, i.payment_days, i.number_prefix, i.next_number,
        i.itemises_cards, i.shows_purchases_at_once, i.product_texts_id, t.texts::text as product_texts_json, i.revision
        from billing.invoicing i left join billing.product_texts t on t.id = i.product_texts_id
        """;

    public required Party Seller { get; init; }

    public required PaymentDetails Payment { get; init; }

    /// <summary>Days from an invoice's publication until it is due.</summary>
    public required int PaymentDays { get; init; }

    /// <summary>What stands before the number of each invoice.</summary>
    public required string NumberPrefix { get; init; }

    /// <summary>The number of the next invoice.</summary>
    public required long NextNumber { get; init; }

    /// <summary>A line for each purchase on a card, or one with the sum of each card.</summary>
    public required bool ItemisesCards { get; init; }

    /// <summary>
    /// Whether administrators see purchases at once, or when the invoices of their month are published.
    /// </summary>
    public required bool ShowsPurchasesAtOnce { get; init; }

    /// <summary>What products are called on invoices.</summary>
    public ProductTexts ProductTexts { get; init; } = ProductTexts.None;

    /// <summary>Where <see cref="ProductTexts"/> are stored; null while there are none.</summary>
    public long? ProductTextsId { get; init; }

    public required long Revision { get; init; }

    /// <summary>With the names of the operator's catalogue for products that have no text of their own.</summary>
    /// <param name="db">Within the transaction that has locked it.</param>
    /// <param name="terms">The operator.</param>
    public async Task<Invoicing> WithCatalogueAsync(NpgsqlConnection db, OperatorTerms terms) =>
        this with { ProductTextsId = await ProductTexts.WithCatalogueAsync(db, terms, ProductTextsId) };

    /// <summary>How an operator invoices; null when that is not set.</summary>
    public static async Task<Invoicing?> FindAsync(NpgsqlConnection db, int operatorId, bool forChange = false)
    {
        var row = await db.QuerySingleOrDefaultAsync<Row>(
            $"select {Columns} where i.operator_id = @operatorId {(forChange ? "for no key update of i" : "")}",
            new { operatorId });
        return row is null
            ? null
            : new Invoicing
            {
                Seller = InvoiceJson.Read<Party>(row.SellerJson),
                Payment = InvoiceJson.Read<PaymentDetails>(row.PaymentJson),
                PaymentDays = row.PaymentDays,
                NumberPrefix = row.NumberPrefix,
                NextNumber = row.NextNumber,
                ItemisesCards = row.ItemisesCards,
                ShowsPurchasesAtOnce = row.ShowsPurchasesAtOnce,
                ProductTextsId = row.ProductTextsId,
                ProductTexts = row.ProductTextsJson is null ? ProductTexts.None : ProductTexts.Read(row.ProductTextsJson),
                Revision = row.Revision,
            };
    }

    /// <summary>
    /// Sets how an operator invoices: a first time with revision 1, else as the change of the revision before.
    /// </summary>
    /// <returns>False when another caller set it first.</returns>
    public async Task<bool> SaveAsync(NpgsqlConnection db, int operatorId) => await db.ExecuteAsync(
        """
        insert into billing.invoicing as i (
          operator_id, seller, payment, payment_days, number_prefix, next_number, itemises_cards, shows_purchases_at_once,
          product_texts_id, revision)
        values (
          @operatorId, @seller::jsonb, @payment::jsonb, @PaymentDays, @NumberPrefix, @NextNumber, @ItemisesCards,
          @ShowsPurchasesAtOnce, @ProductTextsId, @Revision)
        on conflict (operator_id) do update
        set seller = excluded.seller, payment = excluded.payment, payment_days = excluded.payment_days,
            number_prefix = excluded.number_prefix, next_number = excluded.next_number,
            itemises_cards = excluded.itemises_cards, shows_purchases_at_once = excluded.shows_purchases_at_once,
            product_texts_id = excluded.product_texts_id, revision = excluded.revision
        where i.revision = excluded.revision - 1
        """,
        new
        {
            operatorId,
            seller = InvoiceJson.Write(Seller),
            payment = InvoiceJson.Write(Payment),
            PaymentDays = (short)PaymentDays,
            NumberPrefix,
            NextNumber,
            ItemisesCards,
            ShowsPurchasesAtOnce,
            ProductTextsId,
            Revision,
        }) == 1;

    private sealed record Row
    {
        public required string SellerJson { get; init; }

        public required string PaymentJson { get; init; }

        public required short PaymentDays { get; init; }

        public required string NumberPrefix { get; init; }

        public required long NextNumber { get; init; }

        public required bool ItemisesCards { get; init; }

        public required bool ShowsPurchasesAtOnce { get; init; }

        public long? ProductTextsId { get; init; }

        public string? ProductTextsJson { get; init; }

        public required long Revision { get; init; }
    }
}
