using System.Net;
using Authorisation.V1;
using BenchmarkDotNet.Attributes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Authorisation.Bench.Benchmarks;

/// <summary>
/// Framing and dispatch: calls over a loopback connection to a service that does nothing. Client and server are both in
/// it, with HTTP/2 between them.
/// </summary>
public class GrpcBenchmarks
{
    private const int AtOnce = 64;

    private readonly AuthoriseRequest _request = Messages.Purchase();
    private readonly AsyncUnaryCall<AuthoriseResponse>[] _calls = new AsyncUnaryCall<AuthoriseResponse>[AtOnce];
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private AuthorisationService.AuthorisationServiceClient _client = null!;
    private AsyncDuplexStreamingCall<AuthoriseRequest, AuthoriseStreamResponse> _stream = null!;

    /// <summary>Starts the server and the stream.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<EchoService>();
        _app = builder.Build();
        _app.MapGrpcService<EchoService>();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Urls.Single());
        _client = new AuthorisationService.AuthorisationServiceClient(_channel);
        _stream = _client.AuthoriseStream();
    }

    /// <summary>Stops both.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _stream.RequestStream.CompleteAsync();
        _stream.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Unary calls, 64 in flight.</summary>
    [Benchmark(OperationsPerInvoke = AtOnce)]
    public async Task Unary()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            _calls[i] = _client.AuthoriseAsync(_request);
        }

        foreach (var call in _calls)
        {
            await call;
        }
    }

    /// <summary>Messages on one stream, 64 in flight.</summary>
    [Benchmark(OperationsPerInvoke = AtOnce)]
    public async Task Streamed()
    {
        var reading = ReadAsync();
        for (var i = 0; i < AtOnce; i++)
        {
            await _stream.RequestStream.WriteAsync(_request);
        }

        await reading;
    }

    private async Task ReadAsync()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            await _stream.ResponseStream.MoveNext(CancellationToken.None);
        }
    }
}
