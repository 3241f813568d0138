using Authorisation.Core;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Reads;
using Authorisation.Schema;

namespace Authorisation.Server.Following;

/// <summary>
/// Looks at the ledger once a second: is it there, is it the primary, is its schema ours, do the clocks agree. Safe to
/// share: what it found is one reference that is replaced whole, and when it was found is one number.
/// </summary>
/// <param name="database">The ledger.</param>
/// <param name="probe">Looks at it.</param>
/// <param name="clock">Gets how far its clock is off.</param>
/// <param name="time">The server's clock.</param>
/// <param name="lifetime">
/// Stops a server whose only ledger turns out to have another schema; <see langword="null"/> where there are others,
/// which are served all the same.
/// </param>
/// <param name="logger">Gets a line when the ledger becomes ready and when it is not any more.</param>
public sealed partial class LedgerWatch(
    LedgerDatabase database,
    LedgerProbe probe,
    LedgerClock clock,
    TimeProvider time,
    IHostApplicationLifetime? lifetime,
    ILogger<LedgerWatch> logger) : BackgroundService
{
    private volatile string? _trouble = "the ledger has not been looked at yet";
    private long _lookedAt;
    private readonly TaskCompletionSource _schemaIsCurrent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why the server cannot do its work; <see langword="null"/> when it can.</summary>
    public string? Trouble => _trouble;

    /// <summary>
    /// Whether Postgres answered the last few checks. It reports a Postgres that hangs sooner than
    /// <see cref="Trouble"/>, which allows a check seconds to answer.
    /// </summary>
    public bool HasAnsweredLately =>
        _trouble is null && time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < Limits.LedgerAnswerAgeMax;

    /// <summary>Ends when the ledger's schema has been found to be the one that this program works with.</summary>
    public Task SchemaIsCurrent => _schemaIsCurrent.Task;

    /// <summary>Set while the database's schema is not the one that this program works with.</summary>
    public SchemaMismatchException? SchemaMismatch { get; private set; }

    /// <summary>
    /// Looks, before the server listens. A database that is not there is noted, and looked at again every second.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken) => Note(await FindTroubleAsync(cancellationToken));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Limits.LedgerProbeInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
                if (SchemaMismatch is not null && lifetime is not null)
                {
                    lifetime.StopApplication();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_schemaIsCurrent.Task.IsCompleted)
            {
                await Migrator.RequireCurrentAsync(database.Own, cancellationToken);
                await Migrator.RequireOrdinaryRoleAsync(database.Own, Migrator.DefaultServiceRole, cancellationToken);
                SchemaMismatch = null;
                _schemaIsCurrent.SetResult();
            }

            var before = time.GetUtcNow();
            var state = await probe.LookAsync(cancellationToken);
            clock.Observe(before, state.Now, time.GetUtcNow());
            return state switch
            {
                { IsReplica: true } => "Postgres is a replica and takes no writes",
                { CommitsWaitForStandby: false } when database.Options.RequireSynchronousStandby =>
                    "commits do not wait for a synchronous standby, which Ledger:RequireSynchronousStandby asks for",
                _ when clock.Offset.Duration() > Limits.ClockOffsetMax =>
                    $"this server's clock is more than {Limits.ClockOffsetMax.TotalSeconds:0} s "
                    + $"{(clock.Offset > TimeSpan.Zero ? "behind" : "ahead of")} the database's",
                _ => null,
            };
        }
        catch (SchemaMismatchException e)
        {
            SchemaMismatch = e;
            return e.Message;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    private void Note(string? trouble)
    {
        if (trouble is null && _trouble is not null)
        {
            LogReady();
        }
        else if (trouble is not null && trouble != _trouble)
        {
            if (lifetime is null)
            {
                LogUnusable(trouble);
            }
            else
            {
                LogUnready(trouble);
            }
        }

        _trouble = trouble;
        Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
    }

    [LoggerMessage(4101, LogLevel.Information, "The ledger is ready")]
    private partial void LogReady();

    [LoggerMessage(4102, LogLevel.Warning, "The server is not ready: {Trouble}")]
    private partial void LogUnready(string trouble);

    [LoggerMessage(4641, LogLevel.Warning, "The operators of this ledger cannot be served, those of others are: {Trouble}")]
    private partial void LogUnusable(string trouble);
}
