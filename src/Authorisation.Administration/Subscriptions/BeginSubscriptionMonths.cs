using Authorisation.Administration.Charges;
using Authorisation.Administration.Events;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Begins the months of an operator's subscriptions (R16). Half a day before a month it asks the ticket system for each
/// that is to be valid; on the 1st it charges each month that has begun, once and whole, at the price of that 1st, with
/// what is taken from the salary. Months that were missed are made up for, each at its own price.
/// </summary>
/// <remarks>
/// Run by one host at a time. Each piece is one transaction: the subscriptions are locked, and how far each has come is
/// moved with the charges themselves, so that a kill at any moment loses a piece that was not committed, and nothing is
/// done twice; that a charge is unique by subscription and month holds it even against a second host.
/// </remarks>
internal sealed class BeginSubscriptionMonths
{
    private const string LockSql = """
        select s.id from control.subscription s
        where s.operator_id = @operatorId and s.state = 2 and s.first_month <= @month
          and (s.last_month is null or {0} < least(s.last_month, @month)) and {0} < @month and s.id > @after
        order by s.id limit @most
        for no key update
        """;

    /// <summary>Asks the ticket system for the next month of some subscriptions, once it is time to.</summary>
    /// <returns>The last that was looked at; null when there is none left.</returns>
    public async Task<Guid?> AnnounceAsync(NpgsqlConnection db, OperatorTerms terms, CreditMonth? until, Guid after)
    {
        var now = await ControlDatabase.NowAsync(db);
        // The month that it is, until half a day before the next one.
        var month = NotAfter(CreditMonth.Of(now + Limits.SubscriptionNoticeTime, terms.Zone), until);
        var ids = await LockAsync(db, terms, "s.announced_month", month, after);
        foreach (var id in ids)
        {
            var row = await SubscriptionRow.GetAsync(db, id);
            // What is over is not asked for, and neither is a month that began while the customer was suspended: nobody pays for it.
            if (row.BegunMonth < month.Number && !await IsSuspendedAsync(db, row.OrganisationId)
                && month >= row.First && (row.Last is null || month <= row.Last))
            {
                var product = await ProductOfAsync(db, terms, id, month);
                await EventOutbox.AddAsync(db, SubscriptionNews.Ordered(row, month, product));
                await db.ExecuteAsync(
                    "update control.subscription set announced_month = @month where id = @id", new { id, month = month.Number });
            }
        }

        return ids.Count < Limits.SubscriptionChunk ? null : ids[^1];
    }

    /// <summary>Begins all months of some subscriptions that have come and were not begun.</summary>
    /// <returns>The last that was looked at, and how many months were begun; no last when there is none left.</returns>
    public async Task<(Guid? Last, int Begun)> ChargeAsync(
        NpgsqlConnection db, OperatorTerms terms, CreditMonth? until, Guid after)
    {
        var current = NotAfter(CreditMonth.Of(await ControlDatabase.NowAsync(db), terms.Zone), until);
        var ids = await LockAsync(db, terms, "s.begun_month", current, after);
        var begun = new List<BegunMonth>();
        foreach (var id in ids)
        {
            var row = await SubscriptionRow.GetAsync(db, id);
            var first = row.BegunMonth == 0 ? row.First : CreditMonth.Later(row.First, CreditMonth.FromNumber(row.BegunMonth).Next);
            var last = row.Last is { } end && end < current ? end : current;
            foreach (var month in SubscriptionMonths.Between(first, last))
            {
                begun.Add(await BeginAsync(db, terms, row, month));
            }
        }

        // Last: a month that is being closed holds charges back.
        foreach (var month in begun)
        {
            await RecordAsync(db, terms, month);
        }

        return (ids.Count < Limits.SubscriptionChunk ? null : ids[^1], begun.Count);
    }

    private static CreditMonth NotAfter(CreditMonth month, CreditMonth? until) => until is { } last && last < month ? last : month;

    private static async Task<IReadOnlyList<Guid>> LockAsync(
        NpgsqlConnection db, OperatorTerms terms, string place, CreditMonth month, Guid after) =>
        [.. await db.QueryAsync<Guid>(
            LockSql.Replace("{0}", place, StringComparison.Ordinal),
            new { operatorId = terms.Id, month = month.Number, after, most = Limits.SubscriptionChunk })];

    private static async Task<BegunMonth> BeginAsync(
        NpgsqlConnection db, OperatorTerms terms, SubscriptionRow row, CreditMonth month)
    {
        var product = await ProductOfAsync(db, terms, row.Id, month);
        var isSuspended = await IsSuspendedAsync(db, row.OrganisationId);
        if (isSuspended && row.AnnouncedMonth >= month.Number)
        {
            await EventOutbox.AddAsync(db, SubscriptionNews.Withdrawn(row, month));
        }

        var settings = await SubscriptionSettings.FindAsync(db, row.OrganisationId);
        var price = product.PriceMinor ?? throw new InvalidOperationException(
            $"Product {product.Code} had no price on {SubscriptionMonths.FirstDayOf(month)}.");
        return new BegunMonth(
            row, month, product, price, settings?.Share.DeductionOf(price) ?? price,
            isSuspended ? null : await BillingDetails.BillingSnapshotAsync(db, row.TravellerId, row.DepartmentId));
    }

    private static async Task RecordAsync(NpgsqlConnection db, OperatorTerms terms, BegunMonth begun)
    {
        var (row, month) = (begun.Row, begun.Month);
        Guid? chargeId = null;
        if (begun.BillingSnapshotId is { } snapshot)
        {
            var charge = new NewCharge
            {
                BillingSnapshotId = snapshot,
                SourceKind = "subscription_month",
                SourceId = $"{row.Id}/{month}",
                AmountMinor = begun.PriceMinor,
                Vat = begun.Product.Vat,
                CreditMonth = month,
                Description = ChargeTexts.SubscriptionMonth(terms.Language, begun.Product.NameIn(terms.Language), month),
                Product = begun.Product.Code,
            };
            await NewCharge.AddAsync(db, terms, charge);
            await PayrollDeductions.AddAsync(db, charge.Id, [begun.DeductionMinor]);
            chargeId = charge.Id;
        }

        await db.ExecuteAsync(
            """
            insert into control.subscription_month (subscription_id, month, product, price_minor, charge_id)
            values (@Id, @month, @product, @PriceMinor, @chargeId);
            -- A month that nobody was asked for is over, too: else an ended subscription would be looked at for ever.
            update control.subscription
            set begun_month = @month, announced_month = greatest(announced_month, @month) where id = @Id
            """,
            new
            {
                row.Id,
                month = month.Number,
                product = begun.Product.Code,
                begun.PriceMinor,
                chargeId,
            });
    }

    private static async Task<ProductRow> ProductOfAsync(
        NpgsqlConnection db, OperatorTerms terms, Guid id, CreditMonth month)
    {
        var code = await db.QuerySingleAsync<string>(
            """
            select product from control.subscription_product
            where subscription_id = @id and from_month <= @month order by from_month desc limit 1
            """,
            new { id, month = month.Number });
        return (await ProductRow.FindAsync(db, terms.Id, code, SubscriptionMonths.FirstDayOf(month)))!;
    }

    private static Task<bool> IsSuspendedAsync(NpgsqlConnection db, Guid organisationId) => db.QuerySingleAsync<bool>(
        "select suspended_at is not null from organisation where id = @organisationId", new { organisationId });

    /// <summary>A month that has begun.</summary>
    /// <param name="Row">The subscription.</param>
    /// <param name="Month">The month.</param>
    /// <param name="Product">What it was.</param>
    /// <param name="PriceMinor">The price on its 1st.</param>
    /// <param name="DeductionMinor">What is taken from the salary.</param>
    /// <param name="BillingSnapshotId">Who pays; null: nobody, as the organisation was suspended.</param>
    private sealed record BegunMonth(
        SubscriptionRow Row, CreditMonth Month, ProductRow Product, long PriceMinor, long DeductionMinor, long? BillingSnapshotId);
}
