using System.Globalization;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Hosting.Workers;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Records moments at which this host's clock and the database's agree, and where they jumped. What cannot be undone
/// waits for a moment of the last minute, so a clock that is set to another year closes nothing by itself.
/// </summary>
/// <remarks>
/// Safe beside other hosts: the one row is locked while it is read and written. A jump of both clocks together is seen
/// by the time that passed on this host's monotonic clock since it recorded last; where no host watched, a long silence
/// is recorded instead. One task runs it.
/// </remarks>
internal sealed partial class ClockRecorder(ControlDatabase database, TimeProvider time, ILogger<ClockRecorder> logger)
    : RepeatedWork(Limits.ClockMomentInterval)
{
    private long? _recordedAt;
    private bool _disagreed;

    /// <summary>Records the moment, if the clocks agree.</summary>
    public async Task RecordAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await using var transaction = await db.BeginTransactionAsync(stop);
        var clocks = await ClockState.ReadAsync(db, time, forChange: true);
        if (clocks.Disagreement is { } disagreement)
        {
            if (!_disagreed)
            {
                _disagreed = true;
                LogDisagree(disagreement);
            }

            return;
        }

        var gap = clocks.Last is null ? null : GapTo(clocks.DatabaseAt, new DateTimeOffset(clocks.Last.DatabaseAt, TimeSpan.Zero));
        await clocks.SaveAsync(db, isSteady: gap is null && !_disagreed);
        if (gap is { } found && (found.WasWatched || found.Length.Duration() > Limits.ClockSilenceMax || found.Length < TimeSpan.Zero))
        {
            await found.AddAsync(db);
            LogJumped(Text(found.From), Text(found.To), found.WasWatched ? "watched it" : "was not there to watch");
        }

        await transaction.CommitAsync(CancellationToken.None);
        _recordedAt = time.GetTimestamp();
        if (_disagreed)
        {
            _disagreed = false;
            LogAgree();
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await RecordAsync(stop);
        return false;
    }

    /// <inheritdoc/>
    protected override void TellFailing(string reason) => LogFailing(reason);

    /// <inheritdoc/>
    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    // What passed by the database's clock, beyond what passed in truth as far as this host was there.
    private ClockGap? GapTo(DateTimeOffset now, DateTimeOffset last)
    {
        var seen = _recordedAt is { } at ? time.GetElapsedTime(at) : (TimeSpan?)null;
        var passed = now - last;
        return passed < -Limits.ClockAgreementMax || passed > (seen ?? TimeSpan.Zero) + Limits.ClockAgreementMax
            ? new ClockGap(last, now, WasWatched: seen is not null)
            : null;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    [LoggerMessage(5620, LogLevel.Error, "The clocks disagree, so no month is closed and nothing is ended until they agree: {Disagreement}")]
    private partial void LogDisagree(string disagreement);

    [LoggerMessage(5623, LogLevel.Warning, "What the clocks say cannot be recorded, so no month is closed: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(5624, LogLevel.Information, "What the clocks say is recorded again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);

    [LoggerMessage(5621, LogLevel.Information, "The clocks of this host and of the database agree again")]
    private partial void LogAgree();

    [LoggerMessage(5622, LogLevel.Warning,
        "The clocks went from {From} to {To} UTC and this host {Watched}: a month that ends in between waits for POST /v1/month-ends")]
    private partial void LogJumped(string from, string to, string watched);
}
