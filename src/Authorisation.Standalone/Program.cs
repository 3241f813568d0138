using Authorisation.PrivateServers;
using Authorisation.Standalone;
using Authorisation.Standalone.Demo;
using Authorisation.Standalone.Start;
using Grpc.Core;

const int Failed = 1;
const int Misused = 2;

StandaloneOptions options;
try
{
    options = StandaloneOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Misused;
}

using var interruption = new Interruption();
try
{
    using var directory = await RunDirectory.TakeAsync(options.Directory, options.Fresh);
    if (directory.SetAsideAs is { } aside)
    {
        await Console.Out.WriteLineAsync($"What lay in the way of {directory.FullPath} is now {aside}");
    }

    await using var postgres = new PrivatePostgres(directory.PathOf(RunDirectory.PostgresName));
    await using var redis = new PrivateRedis(directory.PathOf(RunDirectory.RedisName));
    TimeProvider time = options.Now is { } now ? new ShiftedTimeProvider(now, TimeProvider.System) : TimeProvider.System;
    var clock = new DemoClock(time);
    var database = new DatabaseStep(postgres, (time as ShiftedTimeProvider)?.Shift ?? TimeSpan.Zero);
    var data = new DemoDataStep(database, directory);
    var codeKey = new DemoCodeKey(directory);
    var server = new ServerStep(database, redis, codeKey, options.Port, time);
    var midnight = new MidnightStep(database, data, server, clock, Console.Out);
    var admin = new AdminStep(database, redis, directory, codeKey, options.AdminPort, time);
    var ticketSystem = new TicketSystemStep(admin, data, directory, (time as ShiftedTimeProvider)?.Shift ?? TimeSpan.Zero, Console.Out);
    var calls = new DemoCallsStep(database, data, midnight, server, admin, ticketSystem, directory, clock, Console.Out);
    await StartRunner.RunAsync(
        [
            new FreePorts([options.Port, options.AdminPort]),
            new PostgresStep(postgres, Console.Out),
            new RedisStep(redis, Console.Out),
            database,
            data,
            server,
            midnight,
            admin,
            ticketSystem,
            calls,
        ],
        options.Once,
        Console.Out,
        isTerminal: !Console.IsOutputRedirected,
        interruption.Token);
    return options.Once && calls.Surprises > 0 ? Failed : 0;
}
catch (Exception e) when (interruption.Token.IsCancellationRequested
    && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
{
    await Console.Error.WriteLineAsync("Interrupted; everything that was started has been stopped.");
    return interruption.ExitCode;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(FailureLine.For(e, options));
    return Failed;
}
