using System.Diagnostics;
using System.Runtime;
using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Access;
using Authorisation.Server.Calls;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Rehearsals;

/// <summary>
/// Rehearses before health says SERVING: calls the server itself, by every call and over its own listener, until the
/// runtime has compiled what they run, so that the first callers need not wait for that, for connections or for plans.
/// Then it publishes the server's health, at once.
/// </summary>
/// <remarks>
/// It begins when a ledger is fit and its tokens have been read, calls each such ledger, and takes <see cref="ServerSettings.WarmUpMax"/> at
/// most; what fails ends it, and the server goes on. Calls of others are answered meanwhile as ever. Safe to ask from any
/// thread: what others see is one flag.
/// </remarks>
public sealed partial class WarmUp(
    ServerSettings settings,
    LedgerDirectory ledgers,
    AllTokens tokens,
    CreditSnapshotCache cache,
    IServer server,
    IHostApplicationLifetime lifetime,
    HealthCheckService health,
    IEnumerable<IHealthCheckPublisher> publishers,
    ILogger<WarmUp> logger) : BackgroundService
{
    private volatile bool _isOver;

    /// <summary>Whether it has ended, well or not.</summary>
    public bool IsOver => _isOver;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await UntilServableAsync(stoppingToken);
            if (settings.WarmUpMax > TimeSpan.Zero)
            {
                await WarmAsync(stoppingToken);
            }

            _isOver = true;
            await PublishAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task UntilServableAsync(CancellationToken stop)
    {
        while (!lifetime.ApplicationStarted.IsCancellationRequested || ledgers.FindTrouble() is not null)
        {
            await Task.Delay(Limits.StartLookInterval, stop);
        }
    }

    private async Task WarmAsync(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(settings.WarmUpMax);
        try
        {
            var calls = 0;
            foreach (var ledger in ledgers.All.Where(static one => one.Trouble is null))
            {
                calls += await RehearseAsync(ledger, bounded.Token);
            }

            LogWarm(calls, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception) when (bounded.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            LogTooLong(settings.WarmUpMax);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
    }

    private async Task<int> RehearseAsync(ServedLedger ledger, CancellationToken stop)
    {
        var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var channel = OwnChannel.To(address);
        using var access = new RehearsalAccess(tokens, ledger);
        var clients = Enumerable.Range(0, Limits.RehearsalClients + ledger.Lanes)
            .Select(number => new RehearsalCalls(channel, access, number, stop))
            .ToList();
        try
        {
            // Without the bound of a call, which code that was never run may pass: the breaker would take Redis for slow.
            await cache.ReadAllAsync([Instrument.None(Rehearsal.Terms.Id)], Limits.CacheComparisonTimeout);
            var calls = 0;
            for (var round = 0; round < Limits.RehearsalRoundsOfAll; round++)
            {
                await Task.WhenAll(clients.Select(client => client.OthersAsync()));
            }

            for (var quiet = 0; quiet < Limits.RehearsalQuietPasses;)
            {
                var before = JitInfo.GetCompiledMethodCount();
                for (var round = 0; round < Limits.RehearsalRounds; round++)
                {
                    calls += (await Task.WhenAll(clients.Select(client => client.RoundAsync()))).Sum();
                }

                await UntilCompiledAsync(stop);
                quiet = JitInfo.GetCompiledMethodCount() - before <= Limits.RehearsalQuietMethods ? quiet + 1 : 0;
            }

            return calls;
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        }
    }

    // The runtime counts calls, and compiles what was called often in the background, from when nothing new has been called
    // for a tenth of a second.
    private static async Task UntilCompiledAsync(CancellationToken stop)
    {
        long before;
        do
        {
            before = JitInfo.GetCompiledMethodCount();
            await Task.Delay(Limits.RehearsalPause, stop);
        }
        while (JitInfo.GetCompiledMethodCount() != before);
    }

    // The host publishes once a second, and for the first time before there is anything good to say.
    private async Task PublishAsync(CancellationToken stop)
    {
        var report = await health.CheckHealthAsync(stop);
        foreach (var publisher in publishers)
        {
            await publisher.PublishAsync(report, stop);
        }
    }

    [LoggerMessage(4650, LogLevel.Information, "Warmed up by {Calls} calls in {Time}")]
    private partial void LogWarm(int calls, TimeSpan time);

    [LoggerMessage(4651, LogLevel.Information, "The warm-up was not done within {Time}: the first calls may be slower")]
    private partial void LogTooLong(TimeSpan time);

    [LoggerMessage(4652, LogLevel.Warning, "The warm-up failed, the first calls may be slower: {Reason}")]
    private partial void LogFailed(string reason);
}
