using System.Globalization;
using Authorisation.Admin.Access;
using Authorisation.Admin.Credits;
using Authorisation.Admin.Http;
using Authorisation.Admin.Invoices;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Accounts;

/// <summary>A purchase that was asked for, and what became of it.</summary>
internal sealed record AuthorisationView(
    Guid AuthorisationId,
    string State,
    string? DeclineReason,
    long AmountMinor,
    long CapturedMinor,
    long RefundedMinor,
    string Currency,
    string? Purpose,
    string? Product,
    DateTimeOffset DecidedAt,
    DateTimeOffset? OccurredAt,
    string? Line,
    string? Zone,
    string? Stop,
    string Month);

/// <summary>What was bought on an account, at once and not first the month after.</summary>
internal static class AuthorisationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit-accounts/{id:guid}/authorisations", ListAsync).WithName("list_authorisations").WithTags("credit accounts")
            .Answers<HideablePage<AuthorisationView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);

    private static async Task<Reply> ListAsync(
        Call call, LedgerReader ledger, Guid id, [AsParameters] PageQuery page, [FromQuery] string? month)
    {
        var (row, reach) = await AccountRow.SeeAsync(call, id);
        reach.Require(AdministratorRights.Purchases);
        var asked = CreditMonth.FromNumber(row.Month);
        if (month is not null && !CreditMonth.TryParse(month, out asked))
        {
            throw Problems.Field("month", FieldCode.Malformed, Words.NoMonth);
        }

        var visibility = await PurchaseVisibility.ReadAsync(call.Db, row.OperatorId);
        if (!reach.IsStaff && visibility.HiddenUntil(asked) is { } day)
        {
            return Reply.Ok(HideablePage<AuthorisationView>.Until(day));
        }

        // By its account also for a card: what earlier holders bought on the card is not theirs to see.
        var found = await ledger.ListAsync(
            Instrument.App(row.OperatorId, id), asked, After(page), page.Size + 1, call.Stop);
        var now = await AdminDatabase.NowAsync(call.Db);
        var shown = Page<AuthorisationHistory>.Of(found, page.Size, one => one, Position);
        var seen = reach.IsWide ? shown.Items : await OfDepartmentsAsync(call, shown.Items, reach);
        if (!reach.IsStaff)
        {
            // What was reported after its month was closed is seen with the month on whose invoice it stands; the page is shorter then.
            seen = [.. seen.Where(one => visibility.HiddenUntil(one.InvoiceMonth) is null)];
        }

        return Reply.Ok(new HideablePage<AuthorisationView>([.. seen.Select(one => View(one, row, now))], shown.NextPageToken));
    }

    // What was bought while another department paid is that one's to see; the page is shorter then.
    private static async Task<IReadOnlyList<AuthorisationHistory>> OfDepartmentsAsync(
        Call call, IReadOnlyList<AuthorisationHistory> found, Reach reach)
    {
        var departments = (await call.Db.QueryAsync<(long Id, Guid Department)>(
            "select id, department_id from particulars where id = any(@ids)",
            new { ids = found.Select(one => one.ParticularsId ?? 0).Distinct().ToArray() }))
            .ToDictionary(one => one.Id, one => one.Department);
        return [.. found.Where(one => one.ParticularsId is { } id && reach.Sees(departments[id]))];
    }

    private static AuthorisationView View(AuthorisationHistory history, AccountRow row, DateTimeOffset now)
    {
        var purchase = history.Entry.Purchase;
        return new AuthorisationView(
            purchase.Id,
            Words.Of(history.StateAt(now)),
            history.Entry.DeclineReason == DeclineReason.None ? null : Words.Of(history.Entry.DeclineReason),
            purchase.AmountMinor,
            history.CapturedMinor,
            history.RefundedMinor,
            row.Currency,
            purchase.Purpose,
            purchase.Product,
            history.Entry.DecidedAt,
            purchase.OccurredAt,
            purchase.Trip?.Line,
            purchase.Trip?.Zone,
            purchase.Trip?.Stop,
            history.CreditMonth.ToString());
    }

    private static string Position(AuthorisationHistory last) => string.Create(
        CultureInfo.InvariantCulture, $"{last.Entry.DecidedAt.UtcTicks} {last.Entry.Purchase.Id:N}");

    private static ListPosition After(PageQuery page)
    {
        if (page.AfterText is not { } text)
        {
            return ListPosition.Start;
        }

        var parts = text.Split(' ');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks && Guid.TryParseExact(parts[1], "N", out var id)
                ? new ListPosition(new DateTimeOffset(ticks, TimeSpan.Zero), id)
                : throw PageQuery.Wrong();
    }
}
