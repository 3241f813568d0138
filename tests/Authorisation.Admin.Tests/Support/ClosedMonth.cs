using System.Globalization;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Admin.Tests.Support;

/// <summary>A month of an operator that is over: what was bought in it, closing it, and making its invoices.</summary>
internal sealed record ClosedMonth(AdminOperator Operator, CreditMonth Month)
{
    /// <summary>A month as long ago as this, where the operators are.</summary>
    public static CreditMonth Ago(int months)
    {
        var first = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.UtcNow, "Europe/Stockholm").AddMonths(-months);
        return CreditMonth.FromNumber((first.Year * 100) + first.Month);
    }

    /// <summary>The first day on which the month's invoices are published.</summary>
    public DateOnly PublishedOn => BusinessDays.FirstOf(Month.Next, Operator.Terms.Country);

    /// <summary>A purchase that was approved in the month, with the account's billing snapshot of now.</summary>
    public async Task<Guid> BuyAsync(
        Guid account, long amountMinor, int vat = 600, char category = 'S', CreditMonth? countsIn = null, bool hold = false,
        string? purpose = null, string? product = null)
    {
        var id = Guid.NewGuid();
        await Operator.Ledger.ExecuteAsync(
            """
            insert into authorisation (
              id, operator_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold, expires_at,
              credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose, product)
            select @id, a.operator_id, a.id, a.card_number, a.billing_snapshot_id, 1, 0, @amountMinor, @hold,
                   case when @hold then @at::timestamptz end, @credit, @invoice, @at::timestamptz, @vat, @category, true,
                   @purpose, @product
            from credit_account a where a.id = @account
            """,
            new
            {
                id,
                account,
                amountMinor,
                hold,
                vat,
                category = category.ToString(),
                purpose,
                product,
                credit = (countsIn ?? Month).Number,
                invoice = Month.Number,
                at = At(countsIn ?? Month),
            });
        return id;
    }

    /// <summary>Money that was given back for a purchase, or all of it by a void, on this month's invoice.</summary>
    public Task GiveBackAsync(Guid authorisation, long amountMinor, OperationKind kind = OperationKind.Refund) => Operator.Ledger.ExecuteAsync(
        """
        insert into operation (
          id, authorisation_id, ordinal, operator_id, kind, made_offline, state_after, amount_minor, spent_minor, held_minor,
          invoiced_minor, account_id, billing_snapshot_id, credit_month, invoice_month, made_at, over_limit)
        select gen_random_uuid(), e.id, 1 + (select count(*) from operation o where o.authorisation_id = e.id), e.operator_id, @kind,
               false, 30, @amountMinor, case when e.credit_month = @month then -@amountMinor else 0 end, 0, -@amountMinor,
               e.account_id, e.billing_snapshot_id, e.credit_month, @month, @at::timestamptz, false
        from authorisation e where e.id = @authorisation
        """,
        new { authorisation, amountMinor, kind = (short)kind, month = Month.Number, at = At(Month) });

    /// <summary>The expiry of a hold that lapsed, written down while this month was open.</summary>
    public Task ExpireAsync(Guid hold) => Operator.Ledger.ExecuteAsync(
        """
        insert into operation (
          id, authorisation_id, ordinal, operator_id, kind, made_offline, state_after, amount_minor, spent_minor, held_minor,
          invoiced_minor, account_id, billing_snapshot_id, credit_month, invoice_month, made_at, over_limit)
        select gen_random_uuid(), e.id, 1, e.operator_id, 4, false, 50, 0, -e.amount_minor, -e.amount_minor, 0, e.account_id,
               e.billing_snapshot_id, e.credit_month, @month, @at::timestamptz, false
        from authorisation e where e.id = @hold
        """,
        new { hold, month = Month.Number, at = At(Month) });

    /// <summary>Closes it and writes its statements, step by step as the night's work does; goes on with what was begun.</summary>
    /// <param name="pieces">How many pieces of the work to do at most.</param>
    public async Task CloseAsync(int pieces = int.MaxValue)
    {
        // The month is over already when a test gives its credit.
        await Operator.Ledger.ExecuteAsync(
            "update credit_account set given_at = '2000-01-01' where operator_id = @Id and removed_at is null", new { Operator.Id });
        await using var db = await Operator.Host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        var terms = await OperatorTerms.GetAsync(db, Operator.Id);
        await MonthEndRun.AddAsync(db, Operator.Id, NightlyRun.After(Month));
        var turn = (await MonthEndRun.ClosingAsync(db, Operator.Id, Month))!;
        var at = turn;
        turn = turn.Step < MonthEndStep.Closing ? turn.At(MonthEndStep.Closing) : turn;
        for (; turn.Step != MonthEndStep.Reconciliation && pieces > 0; at = turn, pieces--)
        {
            await using var transaction = await db.BeginTransactionAsync();
            turn = turn.Step switch
            {
                MonthEndStep.Closing => await Closing.CloseAsync(db, terms, turn, CancellationToken.None),
                MonthEndStep.Statements => (await Statements.WriteAsync(db, terms, turn, accounts: 3)).MonthEndRun,
                _ => await Statements.SealUnassignedAsync(db, turn, rows: 100),
            };
            await turn.SaveAsync(db, at);
            await transaction.CommitAsync();
        }
    }

    /// <summary>Makes its invoices, as the night's work does.</summary>
    /// <param name="today">The day on which they are made; the first business day of the next month unless given.</param>
    /// <param name="organisations">How many organisations are handled in one step.</param>
    /// <returns>How many were made.</returns>
    public async Task<int> MakeInvoicesAsync(DateOnly? today = null, int organisations = 10)
    {
        var made = 0;
        Guid? after = Guid.Empty;
        await using var db = await Operator.Host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        var terms = await OperatorTerms.GetAsync(db, Operator.Id);
        while (after is { } last)
        {
            await using var transaction = await db.BeginTransactionAsync();
            (after, var some) = await new MakeInvoices().RunAsync(
                db, terms, Month, last, organisations, today ?? PublishedOn, CancellationToken.None);
            await transaction.CommitAsync();
            made += some;
        }

        return made;
    }

    /// <summary>Closes it and makes its invoices.</summary>
    public async Task<int> MonthEndAsync(DateOnly? today = null)
    {
        await CloseAsync();
        return await MakeInvoicesAsync(today);
    }

    private static string At(CreditMonth month) => string.Create(CultureInfo.InvariantCulture, $"{month}-15T12:00:00+01:00");
}
