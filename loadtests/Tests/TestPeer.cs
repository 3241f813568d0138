using System.Net;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.LoadTests.Tests;

/// <summary>A server of the contract in this process that answers as a test wants it to.</summary>
internal sealed class TestPeer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestPeer(WebApplication app) => _app = app;

    public IPEndPoint Address => IPEndPoint.Parse(new Uri(_app.Urls.Single()).Authority);

    public static async Task<TestPeer> StartAsync(
        Func<AuthoriseRequest, Task<AuthoriseResponse>> answer, Action<GetCreditRequest>? asked = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Service(answer, asked));
        var app = builder.Build();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        // What only a server's first answer costs is not to last longer than a short run.
        using var http = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        (await http.GetAsync(app.Urls.Single())).Dispose();
        return new TestPeer(app);
    }

    /// <summary>
    /// Runs a load on a thread of its own: waiting for it, it would keep one from the server, of which there are few.
    /// </summary>
    public static Task<Recording> RunAsync(LoadPlan plan, Stream answers) => Task.Factory.StartNew(
        () => LoadRun.Run(plan, answers), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static AuthoriseResponse Approve(AuthoriseRequest request) => new()
    {
        AuthorisationId = request.AuthorisationId,
        Decision = Decision.Approved,
        Credit = new Credit { LimitMinor = 1, Currency = "SEK" },
    };

    public static StageFacts Facts { get; } = new()
    {
        Token = "token",
        FirstCard = 100_000_000_000,
        Cards = 1000,
        HotCard = 200_000_000_000,
        FirstSpentCard = 300_000_000_000,
        SpentCards = 10,
        FirstUnknownCard = 400_000_000_000,
        Redis = "",
        PostgresProcess = 0,
        RedisProcess = 0,
    };

    public LoadPlan Plan(Func<Scenarios.Scenario> scenario) => new()
    {
        Targets = [Address],
        Token = "token",
        Scenario = scenario,
        Connections = 2,
        WarmUp = TimeSpan.FromMilliseconds(300),
        Measured = TimeSpan.FromMilliseconds(1200),
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private sealed class Service(Func<AuthoriseRequest, Task<AuthoriseResponse>> answer, Action<GetCreditRequest>? asked)
        : AuthorisationService.AuthorisationServiceBase
    {
        public override Task<Credit> GetCredit(GetCreditRequest request, ServerCallContext context)
        {
            asked?.Invoke(request);
            return Task.FromResult(new Credit { LimitMinor = 1, Currency = "SEK" });
        }

        public override Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context) =>
            answer(request);

        // Every other answer comes a little later, behind those that follow it; the stream ends when an answer throws.
        public override async Task AuthoriseStream(
            IAsyncStreamReader<AuthoriseRequest> requestStream,
            IServerStreamWriter<AuthoriseStreamResponse> responseStream,
            ServerCallContext context)
        {
            using var turn = new SemaphoreSlim(1);
            var late = new List<Task>();
            for (var index = 0UL; await requestStream.MoveNext(context.CancellationToken); index++)
            {
                var request = requestStream.Current;
                var next = new AuthoriseStreamResponse { AuthorisationId = request.AuthorisationId, Index = index };
                if (request.AmountMinor == 0)
                {
                    next.Error = new CallError { Code = (int)StatusCode.InvalidArgument, Reason = "INVALID_FIELDS" };
                }
                else
                {
                    next.Response = await answer(request);
                }

                late.Add(WriteAsync(next, isLate: index % 2 == 0));
            }

            await Task.WhenAll(late);

            async Task WriteAsync(AuthoriseStreamResponse next, bool isLate)
            {
                if (isLate)
                {
                    await Task.Delay(1);
                }

                await turn.WaitAsync();
                try
                {
                    await responseStream.WriteAsync(next);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
    }
}
