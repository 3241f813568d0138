// The peers that the server is measured against: the same contract on the same gRPC layer, and less behind it, or the
// usual thing behind it.
using Authorisation.LoadTests.Peers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

const int StreamsPerConnectionMax = 1000;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
    kestrel.ListenLocalhost(
        builder.Configuration.GetValue<int>("port"), listen => listen.Protocols = HttpProtocols.Http2);
});
builder.Services.AddGrpc();
builder.Services.AddGrpcHealthChecks().AddCheck("serves", static () => HealthCheckResult.Healthy());

var peer = builder.Configuration["peer"];
switch (peer)
{
    case "echo":
        builder.Services.AddSingleton<EchoService>();
        break;
    case "row-transaction":
        builder.Services.AddSingleton(await RowTransactionLedger.OpenAsync(
            Required("ledger"), builder.Configuration.GetValue("connections", defaultValue: 16)));
        builder.Services.AddSingleton<RowTransactionService>();
        break;
    case "double-entry":
        builder.Services.AddSingleton(DoubleEntryLedger.Open(
            Required("ledger"), builder.Configuration.GetValue("connections", defaultValue: 16)));
        builder.Services.AddSingleton<DoubleEntryService>();
        break;
    case "redis-only":
        builder.Services.AddSingleton(await RedisCounter.OpenAsync(Required("redis")));
        builder.Services.AddSingleton<RedisOnlyService>();
        break;
    default:
        Console.Error.WriteLine("--peer must be echo, row-transaction, double-entry or redis-only.");
        return 2;
}

await using var app = builder.Build();
app.MapGrpcHealthChecksService();
switch (peer)
{
    case "echo":
        app.MapGrpcService<EchoService>();
        break;
    case "row-transaction":
        app.MapGrpcService<RowTransactionService>();
        break;
    case "double-entry":
        app.MapGrpcService<DoubleEntryService>();
        break;
    default:
        app.MapGrpcService<RedisOnlyService>();
        break;
}

await app.RunAsync();
return 0;

string Required(string name) =>
    builder.Configuration[name] ?? throw new InvalidOperationException($"--{name} is missing.");
