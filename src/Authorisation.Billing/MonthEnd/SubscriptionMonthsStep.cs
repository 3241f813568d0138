using Authorisation.Administration.Operators;
using Authorisation.Administration.Subscriptions;
using Authorisation.Core;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Begins the months of an operator's subscriptions, before the nights' other work: tickets are to be valid at midnight,
/// however long the month that is over takes.
/// </summary>
/// <remarks>Run on the session that holds the lock of the nights' work; each piece is one transaction.</remarks>
internal sealed partial class SubscriptionMonthsStep(BeginSubscriptionMonths months, ILogger<SubscriptionMonthsStep> logger)
{
    /// <summary>Asks the ticket system for months to come, and charges those that have begun.</summary>
    /// <param name="db">The session of the nights' work.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="until">The last month to be begun, which a person said has come; null: as the database's clock says.</param>
    /// <param name="stop">Gives it up between two pieces.</param>
    public async Task RunAsync(NpgsqlConnection db, OperatorTerms terms, CreditMonth? until, CancellationToken stop)
    {
        for (Guid? after = Guid.Empty; after is { } place;)
        {
            stop.ThrowIfCancellationRequested();
            await using var transaction = await db.BeginTransactionAsync(stop);
            after = await months.AnnounceAsync(db, terms, until, place);
            await transaction.CommitAsync(CancellationToken.None);
        }

        var total = 0;
        for (Guid? after = Guid.Empty; after is { } place;)
        {
            stop.ThrowIfCancellationRequested();
            await using var transaction = await db.BeginTransactionAsync(stop);
            (after, var begun) = await months.ChargeAsync(db, terms, until, place);
            await transaction.CommitAsync(CancellationToken.None);
            total += begun;
        }

        if (total > 0)
        {
            LogBegun(terms.Code, total);
        }
    }

    [LoggerMessage(5697, LogLevel.Information, "Subscriptions of {Operator}: {Months} months were begun and charged")]
    private partial void LogBegun(string @operator, int months);
}
