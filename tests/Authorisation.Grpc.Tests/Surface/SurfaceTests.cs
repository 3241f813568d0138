using System.Reflection;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Grpc.Tests.Surface;

public class SurfaceTests
{
    private static readonly string[] OfficialNamespaces =
    [
        "Grpc.AspNetCore.HealthChecks",
        "Grpc.AspNetCore.Server",
        "Grpc.Core",
        "Grpc.Core.Interceptors",
        "Grpc.Health.V1",
        "Grpc.HealthCheck",
        "Grpc.Net.Client",
        "Grpc.Net.Compression",
        "Grpc.Reflection.V1",
        "Grpc.Reflection.V1Alpha",
        "Microsoft.AspNetCore.Builder",
        "Microsoft.Extensions.DependencyInjection",
    ];

    [Fact]
    public void Everything_public_is_in_a_namespace_of_the_official_packages()
    {
        var namespaces = typeof(ServerCallContext).Assembly.GetExportedTypes().Select(static type => type.Namespace!).Distinct(StringComparer.Ordinal);
        Assert.Equal(OfficialNamespaces, namespaces.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Endpoints_tell_their_method_and_carry_attributes_and_conventions()
    {
        await using var server = await TestServer.StartAsync(
            services: static services => services.AddAuthorization(),
            map: static app => app.MapGrpcService<MarkedService>().WithMetadata("convention"));
        var endpoint = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(static endpoint =>
            endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType == typeof(MarkedService));
        Assert.Equal("UnimplementedCall", endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.Name);
        Assert.NotNull(endpoint.Metadata.GetMetadata<ObfuscationAttribute>());
        Assert.Equal("convention", endpoint.Metadata.GetMetadata<string>());
        Assert.Equal("gRPC - /grpc.testing.UnimplementedService/UnimplementedCall", endpoint.DisplayName);
    }

    [Fact]
    public void Mapping_without_AddGrpc_says_what_is_missing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.MapGrpcService<ProbeService>());
        Assert.Contains("AddGrpc", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_made_for_tests_can_be_derived_from()
    {
        var client = new FakeClient();
        Assert.Equal("fake", (await client.UnaryAsync(new Note())).Text);
        Assert.Throws<NotImplementedException>(() => client.Unary(new Note()));
    }

    [Fact]
    public async Task A_host_can_be_named()
    {
        string? host = null;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            host = context.Host;
            return Task.FromResult(request);
        });
        await server.Client().WithHost("other.example").UnaryAsync(new Note());
        Assert.Equal("other.example", host);
    }

    [Fact]
    public void A_context_can_be_made_by_tests()
    {
        Assert.Throws<InvalidOperationException>(() => new FakeContext().GetHttpContext());
        Assert.Equal(StatusCode.NotFound, new FakeContext { Status = new Status(StatusCode.NotFound, "") }.Status.StatusCode);
    }

    [Obfuscation]
    public sealed class MarkedService : Interop.UnimplementedService.UnimplementedServiceBase;

    private sealed class FakeClient : Prober.ProberClient
    {
        public override AsyncUnaryCall<Note> UnaryAsync(Note request, CallOptions options) => new(
            Task.FromResult(new Note { Text = "fake" }),
            Task.FromResult(new Metadata()),
            static () => Status.DefaultSuccess,
            static () => [],
            static () => { });
    }

    private sealed class FakeContext : ServerCallContext
    {
        protected override string MethodCore => "";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore => [];

        protected override CancellationToken CancellationTokenCore => default;

        protected override Metadata ResponseTrailersCore => [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => new(null, []);

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();
    }
}
