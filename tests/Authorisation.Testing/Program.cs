using System.Runtime.InteropServices;

namespace Authorisation.Testing;

/// <summary>
/// The program that <c>./dev test</c> starts the servers with that test processes share. It writes into the file that its
/// only argument names where they are, Postgres first, a line each, and ends them when it is told to end.
/// </summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

        // Not as shared servers of this process, which would look for somebody who told it of some.
        var starting = (Postgres: PostgresServer.StartSharedAsync(), Redis: RedisServer.StartAsync());
        var (postgres, redis) = (await starting.Postgres, await starting.Redis);
        var file = arguments.Single();
        await File.WriteAllLinesAsync(file + ".new", [postgres.ConnectionString, redis.ConnectionString]);
        File.Move(file + ".new", file, overwrite: true);
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(postgres.Private.KillAsync(), redis.Private.KillAsync());
    }
}
