using System.Diagnostics;
using Authorisation.Administration.Applications;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Npgsql;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Does what calls without a session leave undone so that they take the same time whether the person is known or not:
/// copies failed sign-ins of known people to the audit trail, sends links to choose a password to those who have the
/// address, and sends a customer's administrators e-mails about applications to join it.
/// </summary>
/// <remarks>
/// Any number of hosts may do it beside each other: rows that one is at are passed over by the others.
/// </remarks>
internal sealed partial class OutsiderWorker(
    ControlDatabase database,
    SendPasswordLinks sendLinks,
    ApplicationNews applications,
    WorkSignal signal,
    ILogger<OutsiderWorker> logger) : RepeatedWork(Limits.WorkPollInterval, signal)
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(1);

    private long? _cleanedAt;

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await SignInFailures.CopyToAuditAsync(db);
        var sent = await InTransactionAsync(db, sendLinks.RunAsync, stop) + await InTransactionAsync(db, applications.TellAsync, stop);
        if (sent > 0)
        {
            // There are messages to deliver.
            AnnounceToOthers();
        }

        if (_cleanedAt is not { } cleanedAt || Stopwatch.GetElapsedTime(cleanedAt) > CleaningInterval)
        {
            await SignInFailures.RemoveOldAsync(db);
            _cleanedAt = Stopwatch.GetTimestamp();
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void TellFailing(string reason) => LogLost(reason);

    /// <inheritdoc/>
    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    private static async Task<int> InTransactionAsync(NpgsqlConnection db, Func<NpgsqlConnection, Task<int>> work, CancellationToken stop)
    {
        await using var transaction = await db.BeginTransactionAsync(stop);
        var sent = await work(db);
        await transaction.CommitAsync(CancellationToken.None);
        return sent;
    }

    [LoggerMessage(5653, LogLevel.Warning, "What calls without a session left to be done waits: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(5656, LogLevel.Information, "What calls without a session left to be done is done again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);
}
