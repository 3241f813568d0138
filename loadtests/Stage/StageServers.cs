using System.Globalization;
using Authorisation.Ledger.Activation;
using Authorisation.PrivateServers;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// Postgres and Redis with the prepared data. Each process that is measured gets a ledger of its own, a copy of the one
/// that was filled, so that all start from the same.
/// </summary>
internal sealed class StageServers : IAsyncDisposable
{
    private const string Service = "authorisation_service";
    private const string Admin = "authorisation_admin";
    private const string Password = "stage";
    private const string Template = "filled";
    private const string PostgresName = "postgres";
    private const int FirstPort = 5310;
    private const int OtherCards = 20_000;

    // A Postgres that has run for a while writes its log into files that it has used before. A new one makes a file of
    // 16 MB every second or two, and all commits wait for it. So it is made to have used as many as it keeps.
    private const string FillWalSql = """
        do $$
        begin
          for megabyte in 1..2048 loop
            perform pg_logical_emit_message(false, '', repeat('x', 1024 * 1024));
          end loop;
        end $$;
        checkpoint
        """;

    private readonly string _directory;
    private readonly FileStream _lock;
    private readonly PrivatePostgres _postgres;
    private readonly PrivateRedis _redis;
    private int _ledgers;
    private string? _open;
    private bool _isDoubleEntry;
    private StageFailover? _failover;

    private StageServers(string directory, FileStream @lock)
    {
        _directory = directory;
        _lock = @lock;
        _postgres = new PrivatePostgres(Path.Combine(directory, PostgresName), FirstPort, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Durability is as it comes. The memory is a small server's, and a checkpoint must not fall into one run
            // and not into another.
            ["shared_buffers"] = "1GB",
            ["max_wal_size"] = "4GB",
            ["min_wal_size"] = "2GB",
            ["checkpoint_timeout"] = "1h",
        });
        _redis = new PrivateRedis(Path.Combine(directory, "redis"), FirstPort + 10);
    }

    /// <summary>What was prepared.</summary>
    public StageCards Facts { get; private set; } = null!;

    /// <summary>The superuser's way to the open ledger.</summary>
    public string? Ledger => _failover?.Ledger ?? (_open is null ? null : _postgres.ConnectionStringFor(_open));

    /// <summary>
    /// Starts both and fills the database that ledgers are copies of. What measures nothing can do without the log's
    /// files, which take long to write.
    /// </summary>
    public static async Task<StageServers> StartAsync(string directory, int accounts, bool fillsWal = true)
    {
        Directory.CreateDirectory(directory);
        var stage = new StageServers(directory, Take(Path.Combine(directory, "lock")));
        try
        {
            PrivatePostgres.Delete(Path.Combine(directory, PostgresName));
            await stage._postgres.StartAsync();
            await stage._redis.StartAsync();
            await stage.ExecuteAsync($"create role {Service} login password '{Password}'");
            await stage.ExecuteAsync($"create role {Admin} login password '{Password}'");
            await stage.ExecuteAsync($"create database {Template}");
            var cards = new StageCards
            {
                Token = "",
                Cards = accounts,
                Redis = stage._redis.ConnectionString,
                PostgresProcess = stage._postgres.ProcessId,
                RedisProcess = stage._redis.ProcessId,
            };
            var token = await StageData.FillAsync(stage._postgres.ConnectionStringFor(Template), Service, Admin, cards);
            var others = Math.Min(OtherCards, accounts);
            var otherToken = await StageData.FillOtherAsync(stage._postgres.ConnectionStringFor(Template), cards.FirstCard, others);
            if (fillsWal)
            {
                await stage.ExecuteAsync(FillWalSql);
            }

            stage.Facts = cards with { Token = token, OtherToken = otherToken, OtherCards = others };
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Makes a ledger that nothing has been bought on, with or without the trigger that notes changes of cards, and
    /// empties Redis.
    /// </summary>
    public async Task<StageReply> OpenLedgerAsync(bool notesCards = true)
    {
        await CloseLedgerAsync();
        await CopyTemplateAsync();
        if (!notesCards)
        {
            await using var ledger = new NpgsqlConnection(Ledger + ";Pooling=false");
            await ledger.ExecuteAsync("alter table credit_account disable trigger note_card");
        }

        return await OpenedAsync();
    }

    /// <summary>
    /// Makes a ledger that nothing has been bought on, with a ledger of double entry beside the project's tables, and
    /// empties Redis.
    /// </summary>
    public async Task<StageReply> OpenDoubleEntryAsync()
    {
        await CloseLedgerAsync();
        await CopyTemplateAsync();
        await StageDoubleEntry.FillAsync(Ledger!, Service);
        _isDoubleEntry = true;
        return await OpenedAsync();
    }

    /// <summary>Makes a ledger in which there are so many authorisations, over twelve months, and empties Redis.</summary>
    public async Task<StageReply> OpenGrowthAsync(long rows)
    {
        await CloseLedgerAsync();
        await CopyTemplateAsync();
        var path = Path.Combine(_directory, "ids");
        await StageGrowth.FillAsync(Ledger!, Facts, rows);
        await StageGrowth.WriteIdsAsync(Ledger!, rows, path);
        return await OpenedAsync() with { Ids = path, Sizes = await StageGrowth.SizesAsync(Ledger!) };
    }

    /// <summary>
    /// Starts a Postgres with a synchronous standby, both with a ledger of its own that nothing has been bought on, and
    /// empties Redis.
    /// </summary>
    public async Task<StageReply> OpenFailoverAsync(int accounts)
    {
        await CloseLedgerAsync();
        _failover = new StageFailover(Path.Combine(_directory, "failover"), FirstPort + 20);
        var cards = await _failover.StartAsync(Facts with { Cards = accounts }, Service, Admin, Password);
        await EmptyRedisAsync();
        return new StageReply { Ledger = _failover.ConnectionStringFor(Service, Password), Cards = cards };
    }

    /// <summary>Kills the primary of such a pair, with all its processes; returns when they are gone.</summary>
    public async Task<StageReply> KillPrimaryAsync()
    {
        await _failover!.KillPrimaryAsync();
        return new StageReply();
    }

    /// <summary>Promotes its standby.</summary>
    public async Task<StageReply> PromoteAsync()
    {
        await _failover!.PromoteAsync();
        return new StageReply();
    }

    /// <summary>
    /// Makes a ledger of its own in which every card has bought ten times in a month that is about to end, and empties
    /// Redis.
    /// </summary>
    public async Task<StageReply> OpenMonthEndAsync(int accounts)
    {
        await CloseLedgerAsync();
        _open = string.Create(CultureInfo.InvariantCulture, $"ledger_{++_ledgers}");
        await ExecuteAsync($"create database {_open}");
        var cards = Facts with { Cards = accounts, SpentCards = Math.Clamp(accounts / 10, 100, Facts.SpentCards) };
        cards = cards with { Token = await StageData.FillAsync(Ledger!, Service, Admin, cards) };
        await StageMonthEnd.FillAsync(Ledger!, cards);
        await ExecuteAsync("checkpoint");
        await EmptyRedisAsync();
        return new StageReply
        {
            Ledger = _postgres.ConnectionStringFor(_open, Service, Password),
            Admin = _postgres.ConnectionStringFor(_open, Admin, Password),
            CodeKey = CodeKey.NewText(),
            Month = StageMonthEnd.Month.ToString(),
            Cards = cards,
        };
    }

    /// <summary>Sets the open ledger's clock so that its month ends after some seconds.</summary>
    public async Task<StageReply> SetClockAsync(double seconds)
    {
        var ahead = await StageMonthEnd.SetClockAsync(Ledger!, seconds);
        var midnight = (StageMonthEnd.Midnight - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return new StageReply { AheadMicroseconds = ahead, MidnightMicroseconds = midnight - ahead };
    }

    /// <summary>Returns the state of the open ledger's month end.</summary>
    public async Task<StageReply> MonthEndAsync()
    {
        await using var ledger = new NpgsqlConnection(Ledger!);
        return new StageReply { MonthEndRun = await StageMonthEnd.MonthEndAsync(ledger) };
    }

    /// <summary>Returns how many transactions the open ledger's database has ended.</summary>
    public async Task<StageReply> CountTransactionsAsync()
    {
        await using var ledger = new NpgsqlConnection(Ledger!);
        return new StageReply
        {
            Transactions = await ledger.ExecuteScalarAsync<long>(
                "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"),
        };
    }

    /// <summary>Looks whether the open ledger adds up and has every id that was answered.</summary>
    public async Task<StageReply> CheckAsync(string answers)
    {
        await using var source = NpgsqlDataSource.Create(Ledger ?? throw new InvalidOperationException("No ledger is open."));
        return _isDoubleEntry ? await DoubleEntryCheck.RunAsync(source, answers) : await LedgerCheck.RunAsync(source, answers);
    }

    /// <summary>Removes the open ledger.</summary>
    public async Task<StageReply> CloseLedgerAsync()
    {
        _isDoubleEntry = false;
        if (_failover is not null)
        {
            await _failover.DisposeAsync();
            _failover = null;
        }

        if (_open is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync($"drop database {_open} with (force)");
            _open = null;
        }

        return new StageReply();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_failover is not null)
        {
            await _failover.DisposeAsync();
        }

        await _redis.DisposeAsync();
        // Nothing of it is wanted any more, so it need not write everything out first.
        await _postgres.KillAsync();
        PrivatePostgres.Delete(Path.Combine(_directory, PostgresName));
        await _lock.DisposeAsync();
    }

    private async Task CopyTemplateAsync()
    {
        _open = string.Create(CultureInfo.InvariantCulture, $"ledger_{++_ledgers}");
        await ExecuteAsync($"create database {_open} template {Template}");
    }

    private async Task<StageReply> OpenedAsync()
    {
        await ExecuteAsync("checkpoint");
        await EmptyRedisAsync();
        return new StageReply { Ledger = _postgres.ConnectionStringFor(_open!, Service, Password) };
    }

    // Another one in the same directory would take its database away from under it.
    private static FileStream Take(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"Another run has {Path.GetDirectoryName(path)}: wait for it, or stop it.", e);
        }
    }

    private async Task EmptyRedisAsync()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, _redis.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("FLUSHALL\r\n"u8.ToArray());
        _ = await stream.ReadAsync(new byte[16]);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.ExecuteAsync(sql, commandTimeout: 300, commandType: System.Data.CommandType.Text);
    }
}
