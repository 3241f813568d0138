using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Operations;
using Authorisation.Server.Access;
using Authorisation.Server.Following;

namespace Authorisation.Server.Decisions;

/// <summary>
/// Makes the expiry of lapsed holds permanent, every <see cref="Limits.HoldSweepInterval"/>, on one server at a time.
/// </summary>
/// <remarks>One task does everything; what it needs to know it asks the ledger each time.</remarks>
public sealed partial class HoldSweep(
    HoldSweeper sweeper, TokenDirectory directory, TimeProvider time, ILogger<HoldSweep> logger)
    : LedgerFollower(Limits.HoldSweepInterval)
{
    // Since when another session has held the lock at every try, and whether that was logged.
    private long? _waitsSince;
    private bool _isWaitTold;

    // The database's clock when it was last looked at, by this machine's steady clock, and when the two last disagreed.
    private (DateTimeOffset Now, long At)? _seen;
    private long? _jumpedAt;
    private bool _isTrusted = true;

    /// <inheritdoc />
    protected override async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await sweeper.SweepAsync(directory.OperatorOf, stop, Trusts) is not { } expired)
            {
                NoteWait();
            }
            else
            {
                (_waitsSince, _isWaitTold) = (null, false);
                if (expired > 0)
                {
                    LogExpired(expired);
                }
            }

            NoteFollowing();
            await Task.Delay(Limits.HoldSweepInterval, stop);
        }
    }

    /// <inheritdoc />
    protected override void TellLost(string reason) => LogFailing(reason);

    // A hold that was expired cannot be captured any more. So not on the word of a clock that this server's
    // contradicts, nor for a while after one that jumped: both may have jumped together.
    private bool Trusts(DateTimeOffset now)
    {
        var at = Stopwatch.GetTimestamp();
        if (_seen is { } seen && (now - seen.Now - Stopwatch.GetElapsedTime(seen.At, at)).Duration() > Limits.ClockAgreementMax)
        {
            _jumpedAt = at;
        }

        _seen = (now, at);
        var isTrusted = (now - time.GetUtcNow()).Duration() <= Limits.ClockAgreementMax
            && (_jumpedAt is not { } jumped || Stopwatch.GetElapsedTime(jumped, at) >= Limits.HoldSweepPauseAfterJump);
        if (isTrusted != _isTrusted)
        {
            _isTrusted = isTrusted;
            if (isTrusted)
            {
                LogTrusted();
            }
            else
            {
                LogDoubted(now.UtcDateTime, time.GetUtcNow().UtcDateTime);
            }
        }

        return isTrusted;
    }

    private void NoteWait()
    {
        _waitsSince ??= time.GetTimestamp();
        if (!_isWaitTold && time.GetElapsedTime(_waitsSince.Value) >= Limits.HoldSweepWaitTold)
        {
            _isWaitTold = true;
            LogWaits(Limits.HoldSweepWaitTold);
        }
    }

    [LoggerMessage(4501, LogLevel.Information, "{Expired} holds had lapsed and are expired")]
    private partial void LogExpired(int expired);

    [LoggerMessage(4502, LogLevel.Warning, "Lapsed holds cannot be expired for now; their credit is free all the same: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(4620, LogLevel.Warning,
        "The database's clock is at {Database:yyyy-MM-dd HH:mm:ss} UTC and this server's at {Server:yyyy-MM-dd HH:mm:ss}, or they jumped: lapsed holds are left as they are")]
    private partial void LogDoubted(DateTime database, DateTime server);

    [LoggerMessage(4621, LogLevel.Information, "The clocks have agreed for a while: lapsed holds are expired again")]
    private partial void LogTrusted();

    [LoggerMessage(4503, LogLevel.Warning, "Another session has held the hold-expiry lock for {Time}")]
    private partial void LogWaits(TimeSpan time);
}
