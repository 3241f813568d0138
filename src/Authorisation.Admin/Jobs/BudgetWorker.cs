using Authorisation.Administration.Budgets;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Looks every minute at what the month has spent of budgets, and sends administrators e-mails about those that are nearly
/// or wholly spent. Any number of hosts may do it beside each other: each budget and level is reported once a month.
/// </summary>
internal sealed partial class BudgetWorker(
    ControlDatabase database, BudgetNews news, WorkSignal signal, ILogger<BudgetWorker> logger)
    : RepeatedWork(Limits.BudgetLookInterval, signal)
{
    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await using var transaction = await db.BeginTransactionAsync(stop);
        var reported = await news.ReportAsync(db);
        await transaction.CommitAsync(CancellationToken.None);
        foreach (var (budget, perCent, people) in reported)
        {
            LogReached(budget, perCent, people);
        }

        if (reported.Count > 0)
        {
            // There are messages to deliver.
            AnnounceToOthers();
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void TellFailing(string reason) => LogLost(reason);

    /// <inheritdoc/>
    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    [LoggerMessage(5660, LogLevel.Information, "The month has spent {PerCent} per cent of budget {Budget}: {People} administrators get an e-mail")]
    private partial void LogReached(Guid budget, int perCent, int people);

    [LoggerMessage(5661, LogLevel.Warning, "Budgets cannot be looked at, so no e-mails are sent about spent ones: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(5662, LogLevel.Information, "Budgets are looked at again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);
}
