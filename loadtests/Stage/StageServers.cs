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
    public string? Ledger => _open is null ? null : _postgres.ConnectionStringFor(_open);

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
        _open = string.Create(CultureInfo.InvariantCulture, $"ledger_{++_ledgers}");
        await ExecuteAsync($"create database {_open} template {Template}");
        if (!notesCards)
        {
            await using var ledger = new NpgsqlConnection(_postgres.ConnectionStringFor(_open) + ";Pooling=false");
            await ledger.ExecuteAsync("alter table credit_account disable trigger note_card");
        }

        await ExecuteAsync("checkpoint");
        await EmptyRedisAsync();
        return new StageReply { Ledger = _postgres.ConnectionStringFor(_open, Service, Password) };
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

    /// <summary>Looks whether the open ledger adds up and has every id that was answered.</summary>
    public async Task<StageReply> CheckAsync(string answers)
    {
        await using var source = NpgsqlDataSource.Create(Ledger ?? throw new InvalidOperationException("No ledger is open."));
        return await LedgerCheck.RunAsync(source, answers);
    }

    /// <summary>Removes the open ledger.</summary>
    public async Task<StageReply> CloseLedgerAsync()
    {
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
        await _redis.DisposeAsync();
        // Nothing of it is wanted any more, so it need not write everything out first.
        await _postgres.KillAsync();
        PrivatePostgres.Delete(Path.Combine(_directory, PostgresName));
        await _lock.DisposeAsync();
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
