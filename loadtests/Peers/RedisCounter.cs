using System.Globalization;
using StackExchange.Redis;

namespace Authorisation.LoadTests.Peers;

/// <summary>
/// A counter for each card and month in Redis, raised by a script if that does not take it above the limit.
/// </summary>
internal sealed class RedisCounter
{
    private const string Script = """
        local spent = tonumber(redis.call('get', KEYS[1]) or '0')
        if spent + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
          return {0, spent}
        end
        return {1, redis.call('incrby', KEYS[1], ARGV[1])}
        """;

    private readonly IDatabase _database;
    private readonly byte[] _script;

    private RedisCounter(IDatabase database, byte[] script)
    {
        _database = database;
        _script = script;
    }

    /// <summary>Connects and hands over the script.</summary>
    public static async Task<RedisCounter> OpenAsync(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        var server = multiplexer.GetServer(multiplexer.GetEndPoints()[0]);
        return new RedisCounter(multiplexer.GetDatabase(), await server.ScriptLoadAsync(Script));
    }

    /// <summary>Takes an amount if the limit allows it; returns what is spent afterwards.</summary>
    public async Task<(bool Approved, long SpentMinor)> TakeAsync(string card, long amountMinor, long limitMinor)
    {
        var month = DateTimeOffset.UtcNow.ToString("yyyyMM", CultureInfo.InvariantCulture);
        var answer = (RedisResult[])(await _database.ScriptEvaluateAsync(
            _script, [$"spent:{month}:{card}"], [amountMinor, limitMinor]))!;
        return ((long)answer[0] == 1, (long)answer[1]);
    }
}
