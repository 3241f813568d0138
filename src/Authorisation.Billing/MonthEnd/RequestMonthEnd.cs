using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.MonthEnd;

/// <summary>Which month is to be closed.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not name it.</param>
/// <param name="Month">YYYY-MM; it has to be over.</param>
internal sealed record MonthEndRequest(string? Operator, string? Month);

/// <summary>
/// Asks for the closing of a month that does not close by itself. Asking for one that was closed gives the run that
/// closed it: nothing is done twice.
/// </summary>
internal sealed class RequestMonthEnd(TimeProvider time)
{
    /// <returns>The run that closes, or closed, the month.</returns>
    /// <exception cref="RefusedException">
    /// The principal is no staff, a field is wrong, the clocks disagree, nothing is left to close, or an earlier month
    /// is open.
    /// </exception>
    public async Task<MonthEndRun> RunAsync(UnitOfWork work, Request<MonthEndRequest> request)
    {
        StaffOperators.RequireAny(work);
        var asked = request.Read();
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(work, fields, asked.Operator);
        if (!CreditMonth.TryParse(asked.Month, out var month))
        {
            fields.Add("month", FieldCode.Malformed, Words.NoMonth);
        }

        var clocks = await ClockState.ReadAsync(work.Db, time);
        if (terms is not null && fields.IsValid && clocks.DatabaseAt < month.Next.StartsAt(terms.Zone))
        {
            fields.Add("month", FieldCode.NotPossible, "must be over");
        }

        fields.ThrowIfAny();
        if (clocks.Disagreement is { } disagreement)
        {
            throw ClockState.Disagree(disagreement);
        }

        if (await MonthEndRun.ClosingAsync(work.Db, terms!.Id, month) is not { Step: > MonthEndStep.Closing })
        {
            await RequireNextAsync(work, terms, month);
            await MonthEndRun.AddAsync(work.Db, terms.Id, NightlyRun.After(month));
            await MonthEndRun.AskAsync(work.Db, terms.Id, month);
            await work.AuditAsync(
                "month_end.asked_for", $"operator:{terms.Code}", terms.Id, after: new { month = month.ToString() });
        }

        return (await MonthEndRun.ClosingAsync(work.Db, terms.Id, month))!;
    }

    /// <summary>Refuses any month but the first that is open.</summary>
    private static async Task RequireNextAsync(UnitOfWork work, OperatorTerms terms, CreditMonth month)
    {
        var first = await Closing.FirstOpenAsync(work.Db, terms.Id, work.Stop);
        if (first is null || month < first)
        {
            throw new RefusedException(ProblemCode.NothingToClose, $"Nothing of {month} is left to be closed.");
        }

        if (first < month)
        {
            throw new RefusedException(
                ProblemCode.EarlierMonthOpen,
                $"{first} is open and is closed before {month}: ask for that first, one month at a time.");
        }
    }
}
