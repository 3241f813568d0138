using Authorisation.Ledger.Database;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

/// <summary>A Postgres that answers and is too busy is told from one that is out of reach.</summary>
[Trait("Tier", "Slow")]
public sealed class BusyTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_lock_that_is_waited_for_in_vain_and_a_statement_that_takes_too_long_are_busy()
    {
        await using var session = await Ledger.OpenSessionAsync();
        await using var psql = await LockAsync(await Operator.AddCardAsync());

        await IsBusyAsync(() => session.ExecuteAsync("set lock_timeout = '20ms'; select from credit_account for update"));
        await IsBusyAsync(() => session.ExecuteAsync("set statement_timeout = '20ms'; select pg_sleep(60)"));
    }

    [Fact]
    public async Task A_pool_and_a_Postgres_without_a_connection_left_are_busy()
    {
        var name = $"busy_{Guid.NewGuid():N}";
        await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        await superuser.ExecuteAsync($"create role {name} login password 'busy' connection limit 0");
        var builder = new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString) { MaxPoolSize = 1, Timeout = 5 };
        await using var pool = NpgsqlDataSource.Create(builder.ConnectionString);
        await using var only = await pool.OpenConnectionAsync();
        await using var refused = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(builder.ConnectionString) { Username = name, Password = "busy" }.ConnectionString);
        try
        {
            await IsBusyAsync(async () => await pool.OpenConnectionAsync());
            await IsBusyAsync(async () => await refused.OpenConnectionAsync());
        }
        finally
        {
            await superuser.ExecuteAsync($"drop role {name}");
        }
    }

    [Fact]
    public async Task A_Postgres_that_is_not_there_is_not_busy()
    {
        await using var gone = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=5");

        var exception = await Assert.ThrowsAnyAsync<Exception>(async () => await gone.OpenConnectionAsync());

        Assert.False(LedgerBusyException.IsMeantBy(exception), exception.ToString());
    }

    private static async Task IsBusyAsync(Func<Task> call)
    {
        var exception = await Assert.ThrowsAnyAsync<NpgsqlException>(call);
        Assert.True(LedgerBusyException.IsMeantBy(exception), exception.ToString());
    }
}
