using Authorisation.PrivateServers;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>A Postgres with a ledger and a synchronous standby of it, to be killed and promoted.</summary>
internal sealed class StageFailover : IAsyncDisposable
{
    private const string Database = "ledger";
    private static readonly TimeSpan StandbyBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly string _directory;
    private readonly PrivatePostgres _primary;
    private readonly PrivatePostgres _standby;
    private bool _isPromoted;

    /// <summary>Describes both; nothing is started or written yet.</summary>
    public StageFailover(string directory, int preferredPort)
    {
        _directory = directory;
        _primary = new PrivatePostgres(PrimaryDirectory, preferredPort);
        _standby = new PrivatePostgres(StandbyDirectory, preferredPort + 10) { StandbyOf = _primary };
    }

    /// <summary>The superuser's way to the ledger, on the one that takes writes.</summary>
    public string Ledger => (_isPromoted ? _standby : _primary).ConnectionStringFor(Database);

    private string PrimaryDirectory => Path.Combine(_directory, "primary");

    private string StandbyDirectory => Path.Combine(_directory, "standby");

    /// <summary>
    /// Starts both, with a ledger that has the cards; returns when every commit waits for the standby.
    /// </summary>
    public async Task<StageCards> StartAsync(StageCards cards, string serviceRole, string adminRole, string password)
    {
        Delete();
        Directory.CreateDirectory(_directory);
        await _primary.StartAsync();
        await ExecuteAsync($"create role {serviceRole} login password '{password}'");
        await ExecuteAsync($"create role {adminRole} login password '{password}'");
        await ExecuteAsync($"create database {Database}");
        var token = await StageData.FillAsync(Ledger, serviceRole, adminRole, cards);
        await _standby.StartAsync();
        await ExecuteAsync("alter system set synchronous_standby_names = '*'");
        await ExecuteAsync("select pg_reload_conf()");
        await using var connection = new NpgsqlConnection(_primary.ConnectionString + ";Pooling=false");
        var until = TimeProvider.System.GetUtcNow() + StandbyBound;
        while (!await connection.ExecuteScalarAsync<bool>("select exists (select from pg_stat_replication where sync_state = 'sync')"))
        {
            if (TimeProvider.System.GetUtcNow() > until)
            {
                throw new InvalidOperationException($"The standby is not synchronous after {StandbyBound.TotalSeconds:0} s; see {_standby.LogPath}.");
            }

            await Task.Delay(Poll);
        }

        return cards with { Token = token };
    }

    /// <summary>A role's way to the ledger, as the settings name several hosts.</summary>
    public string ConnectionStringFor(string role, string password) =>
        $"Host=127.0.0.1:{_primary.Port},127.0.0.1:{_standby.Port};Username={role};Password={password};Database={Database};"
        + "Target Session Attributes=primary";

    /// <summary>Kills the primary with all its processes.</summary>
    public Task KillPrimaryAsync() => _primary.KillAsync();

    /// <summary>Promotes the standby and returns when it takes writes.</summary>
    public async Task PromoteAsync()
    {
        await using var connection = new NpgsqlConnection(_standby.ConnectionString + ";Pooling=false");
        if (!await connection.ExecuteScalarAsync<bool>("select pg_promote()"))
        {
            throw new InvalidOperationException($"The standby could not be promoted; see {_standby.LogPath}.");
        }

        _isPromoted = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _standby.KillAsync();
        await _primary.KillAsync();
        Delete();
    }

    private void Delete()
    {
        PrivatePostgres.Delete(StandbyDirectory);
        PrivatePostgres.Delete(PrimaryDirectory);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_primary.ConnectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }
}
