using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// Where an operator's months stand: what is closed, what day it is, and what administrators may see already.
/// </summary>
/// <param name="FirstOpen">The first month that is not closed; month 0 while none was.</param>
/// <param name="Today">The operator's day.</param>
/// <param name="Country">Whose holidays count.</param>
/// <param name="ShowsPurchasesAtOnce">
/// Whether purchases are seen before the invoices of their month are published.
/// </param>
internal sealed record PurchaseVisibility(CreditMonth FirstOpen, DateOnly Today, string Country, bool ShowsPurchasesAtOnce)
{
    /// <summary>The month that it is.</summary>
    public CreditMonth Current => CreditMonth.FromNumber((Today.Year * 100) + Today.Month);

    public static async Task<PurchaseVisibility> ReadAsync(NpgsqlConnection db, int operatorId)
    {
        var (firstOpen, today, country, showsAtOnce) = await db.QuerySingleAsync<(int, DateOnly, string, bool)>(
            """
            select o.first_open_month, (ledger_now() at time zone o.time_zone)::date, o.country,
                   coalesce(i.shows_purchases_at_once, true)
            from operator o left join billing.invoicing i on i.operator_id = o.id
            where o.id = @operatorId
            """,
            new { operatorId });
        return new PurchaseVisibility(CreditMonth.FromNumber(firstOpen), today, country, showsAtOnce);
    }

    /// <summary>Whether nothing can be added to a month any more.</summary>
    public bool IsClosed(CreditMonth month) => month < FirstOpen;

    /// <summary>
    /// The day on which administrators see what was bought in a month, null when they do already: it has to be closed,
    /// and the first business day after it come. The day is never in the past: a month that is late to be closed is
    /// looked at from tomorrow on.
    /// </summary>
    public DateOnly? HiddenUntil(CreditMonth month)
    {
        var published = BusinessDays.FirstOf(month.Next, Country);
        return ShowsPurchasesAtOnce || (IsClosed(month) && published <= Today) ? null
            : published > Today ? published
            : Today.AddDays(1);
    }
}
