using Authorisation.Core;
using Authorisation.Ledger.Operations;
using Authorisation.Server.Access;
using Authorisation.Server.Health;

namespace Authorisation.Server.Authorise;

/// <summary>Makes the expiry of lapsed holds permanent, every <see cref="Limits.HoldSweepInterval"/>, on one server at a time.</summary>
/// <remarks>One task does everything; what it needs to know it asks the ledger each time.</remarks>
public sealed partial class HoldSweep(
    HoldSweeper sweeper, TokenDirectory directory, TimeProvider time, ILogger<HoldSweep> logger)
    : LedgerFollower(Limits.HoldSweepInterval)
{
    // Since when another server is at it whenever this one tries, and whether that was told.
    private long? _waitsSince;
    private bool _isWaitTold;

    /// <inheritdoc />
    protected override async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await sweeper.SweepAsync(directory.OperatorOf, stop) is not { } expired)
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

    [LoggerMessage(4503, LogLevel.Warning, "For {Time} another session has been at the expiry of lapsed holds, whenever this server tried")]
    private partial void LogWaits(TimeSpan time);
}
