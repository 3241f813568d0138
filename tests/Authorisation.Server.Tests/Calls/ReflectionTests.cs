using Authorisation.Server.Tests.Support;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;
using Xunit;

namespace Authorisation.Server.Tests.Calls;

/// <summary>What grpcurl and its like find out of the contract from a server alone.</summary>
public sealed class ReflectionTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task The_services_are_listed_under_the_older_name_of_the_protocol_too()
    {
        var answer = await AskAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(
            [
                "authorisation.v1.ActivationService", "authorisation.v1.AuthorisationService", "authorisation.v1.OfflineService",
                "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ],
            answer.ListServicesResponse.Service.Select(service => service.Name).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("authorisation.v1.AuthorisationService", "authorisation/v1/authorisation.proto")]
    [InlineData("authorisation.v1.AuthoriseRequest", "authorisation/v1/authorisation.proto")]
    [InlineData("authorisation.v1.Advice", "authorisation/v1/offline.proto")]
    public async Task A_name_of_the_contract_leads_to_its_file(string symbol, string file)
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });
        Assert.Contains(
            file,
            answer.FileDescriptorResponse.FileDescriptorProto.Select(bytes => FileDescriptorProto.Parser.ParseFrom(bytes).Name),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "authorisation.v2.Nothing" });
        Assert.Equal((int)StatusCode.NotFound, answer.ErrorResponse.ErrorCode);
    }

    private async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
    {
        var on = await NewOperatorAsync();
        using var call = new ServerReflection.ServerReflectionClient(Server.Channel).ServerReflectionInfo(
            on.Validator.Headers, DateTime.UtcNow + TestCaller.CallBound);
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var answer = call.ResponseStream.Current;
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        return answer;
    }
}
