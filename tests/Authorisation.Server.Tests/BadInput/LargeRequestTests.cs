using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>How long a request may be: much longer than what is valid, and not so long that clients could fill the memory.</summary>
[Trait("Tier", "Slow")]
public sealed class LargeRequestTests(SharedWire wire) : WireTest(wire)
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

    [Fact]
    public async Task The_longest_fields_that_are_allowed_are_a_small_part_of_the_longest_request()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(string.Concat(Enumerable.Range(0, Core.Limits.CardNumberDigitsMax).Select(_ => Random.Shared.Next(10))), 50_000);
        var purchase = on.Buy(card, Core.Limits.AmountMinorMax);
        purchase.CardNumber = string.Join(' ', card.CardNumber!.ToCharArray());
        purchase.Purpose = Text(Core.Limits.PurposeCharactersMax);
        purchase.Product = purchase.DeviceId = Text(Core.Limits.CodeCharactersMax);
        purchase.Trip = new Trip { Vehicle = purchase.Product, Line = purchase.Product, Zone = purchase.Product, Stop = purchase.Product };
        purchase.OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        purchase.VatBasisPoints = 2500;
        purchase.VatCategory = "S";
        purchase.Hold = true;
        Assert.Equal(Decision.Declined, (await on.Validator.AuthoriseAsync(purchase)).Decision);

        IMessage[] largest =
        [
            new Advice { Purchase = purchase },
            new VoidRequest { OperationId = TestCaller.NewId(), AuthorisationId = TestCaller.NewId(), Reason = Text(Core.Limits.ReasonCharactersMax) },
            new ActivateRequest
            {
                Login = Text(Core.Limits.ActivationLoginCharactersMax),
                Code = purchase.Product,
                DeviceName = purchase.Product,
                AcceptedTermsVersion = purchase.Product,
                ActivationId = TestCaller.NewId(),
            },
        ];
        Assert.All(largest, request => Assert.InRange(request.CalculateSize(), 1, Core.Limits.RequestBytesMax / 20));
    }

    [Theory]
    [InlineData("authorisation.v1.AuthorisationService", "Authorise")]
    [InlineData("authorisation.v1.AuthorisationService", "ListAuthorisations")]
    [InlineData("authorisation.v1.OfflineService", "WatchCards")]
    [InlineData("authorisation.v1.ActivationService", "Activate")]
    [InlineData("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo")]
    [InlineData("authorisation.v1.AuthorisationService", "AuthoriseStream")]
    [InlineData("authorisation.v1.OfflineService", "SubmitAdvices")]
    public async Task A_longer_request_is_refused_unread(string service, string name)
    {
        var on = await NewOperatorAsync();
        var headers = on.Validator.Headers;
        Assert.Equal(StatusCode.ResourceExhausted, await AnswerAsync(service, name, headers, Core.Limits.RequestBytesMax + 1));
        Assert.NotEqual(StatusCode.ResourceExhausted, await AnswerAsync(service, name, headers, Core.Limits.RequestBytesMax));
        Assert.Equal(StatusCode.Unauthenticated, await AnswerAsync(service, name, [], Core.Limits.RequestBytesMax + 1));
    }

    private async Task<StatusCode> AnswerAsync(string service, string name, Metadata headers, int length)
    {
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, service, name, Raw, Raw);
        using var call = Server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            method, host: null, new CallOptions(headers, DateTime.UtcNow + TestCaller.CallBound));

        // A field that no message has, so that what is not too long is a message of each call.
        var message = new byte[length];
        using (var output = new CodedOutputStream(message))
        {
            output.WriteTag(1_000, WireFormat.WireType.LengthDelimited);
            output.WriteLength(length - CodedOutputStream.ComputeTagSize(1_000) - 3);
        }

        try
        {
            await call.RequestStream.WriteAsync(message);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // It was refused before all of it was sent.
        }

        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                // What is answered before the end does not matter.
            }

            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    /// <summary>Text of as many characters as are allowed, each of which takes the four bytes that a character can take.</summary>
    private static string Text(int characters) => string.Concat(Enumerable.Repeat(char.ConvertFromUtf32(0x1F68C), characters));
}
