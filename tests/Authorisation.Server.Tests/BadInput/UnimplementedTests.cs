using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>Calls of the contract that are still to come, and calls that it does not have.</summary>
public sealed class UnimplementedTests(SharedWire wire) : WireTest(wire)
{
    [Theory]
    [InlineData("NoSuchCall")]
    public async Task A_call_that_is_not_there_answers_unimplemented(string name)
    {
        var on = await NewOperatorAsync();
        await IsUnimplementedAsync(on, "authorisation.v1.AuthorisationService", name);
    }

    [Fact]
    public async Task A_service_that_is_not_there_answers_unimplemented() =>
        await IsUnimplementedAsync(await NewOperatorAsync(), "authorisation.v2.AuthorisationService", "Authorise");

    private static async Task IsUnimplementedAsync(WireOperator on, string service, string name)
    {
        // Every message of the contract begins with nothing, so an empty one is a valid request of each call.
        var nothing = Marshallers.Create(static (GetCreditRequest message) => message.ToByteArray(), GetCreditRequest.Parser.ParseFrom);
        var method = new Method<GetCreditRequest, GetCreditRequest>(MethodType.Unary, service, name, nothing, nothing);
        var options = new CallOptions(on.Validator.Headers, DateTime.UtcNow + TestCaller.CallBound);
        var error = await WireError.OfAsync(on.Server.Channel.CreateCallInvoker()
            .AsyncUnaryCall(method, host: null, options, new GetCreditRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, error.Code);
    }
}
