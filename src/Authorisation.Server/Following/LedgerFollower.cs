namespace Authorisation.Server.Following;

/// <summary>
/// Follows the ledger in the background for as long as the server runs. What fails is started again after a while, and
/// is logged once, not at each failed try.
/// </summary>
/// <remarks>One task runs it; nothing here is for others.</remarks>
public abstract class LedgerFollower(TimeSpan retryInterval) : BackgroundService
{
    private bool _isFollowing = true;

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (_isFollowing)
                {
                    _isFollowing = false;
                    TellLost(e.Message);
                }

                await Task.Delay(retryInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Follows until something fails or the server stops.</summary>
    protected abstract Task FollowAsync(CancellationToken stop);

    /// <summary>Logs that the ledger cannot be followed.</summary>
    protected abstract void TellLost(string reason);

    /// <summary>
    /// Notes that the ledger is followed, so that its next loss is logged. Returns whether it had been lost.
    /// </summary>
    protected bool NoteFollowing()
    {
        var wasLost = !_isFollowing;
        _isFollowing = true;
        return wasLost;
    }
}
