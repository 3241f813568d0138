using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Alpha = Grpc.Reflection.V1Alpha;

namespace Authorisation.Grpc.Tests.Reflection;

public class ReflectionTests
{
    [Fact]
    public async Task Services_are_listed_under_both_names_of_the_protocol()
    {
        await using var server = await StartAsync();
        string[] expected =
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "grpc.testing.TestService", "probe.Prober"];
        var answer = await AskAsync(server, new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(expected, answer.ListServicesResponse.Service.Select(static service => service.Name));
        using var call = new Alpha.ServerReflection.ServerReflectionClient(server.Channel()).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        Assert.Equal(expected, call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name));
    }

    [Theory]
    [InlineData("probe.Prober")]
    [InlineData("probe.Prober.Unary")]
    [InlineData("probe.Note")]
    [InlineData("probe.Note.text")]
    public async Task A_symbol_leads_to_its_file(string symbol)
    {
        await using var server = await StartAsync();
        var answer = await AskAsync(server, new ServerReflectionRequest { Host = "h", FileContainingSymbol = symbol });
        var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(answer.FileDescriptorResponse.FileDescriptorProto));
        Assert.Equal(ProbeReflection.Descriptor.Name, file.Name);
        Assert.Equal("h", answer.ValidHost);
        Assert.Equal(symbol, answer.OriginalRequest.FileContainingSymbol);
    }

    [Fact]
    public async Task A_file_is_found_by_its_name()
    {
        await using var server = await StartAsync();
        var answer = await AskAsync(server, new ServerReflectionRequest { FileByFilename = ProbeReflection.Descriptor.Name });
        Assert.Single(answer.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task What_is_not_there_is_answered_with_NOT_FOUND_and_the_stream_goes_on()
    {
        await using var server = await StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Channel()).ServerReflectionInfo();
        ServerReflectionRequest[] questions =
        [
            new() { FileContainingSymbol = "no.Such" },
            new() { FileByFilename = "no.proto" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "no.Such", ExtensionNumber = 1 } },
            new() { AllExtensionNumbersOfType = "no.Such" },
        ];
        foreach (var question in questions)
        {
            await call.RequestStream.WriteAsync(question);
            Assert.True(await call.ResponseStream.MoveNext().Soon());
            Assert.Equal((int)StatusCode.NotFound, call.ResponseStream.Current.ErrorResponse.ErrorCode);
        }
    }

    private static async Task<ServerReflectionResponse> AskAsync(TestServer server, ServerReflectionRequest request)
    {
        using var call = new ServerReflection.ServerReflectionClient(server.Channel()).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        return call.ResponseStream.Current;
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        services: static services => services.AddGrpcReflection(), map: static app => app.MapGrpcReflectionService());
}
