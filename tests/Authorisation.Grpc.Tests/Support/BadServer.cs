using Authorisation.Grpc.Tests.Probe;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>Answers written by the test itself, as a proxy or a broken server might write them.</summary>
public static class BadServer
{
    private static readonly Marshaller<Note> Marshaller =
        Marshallers.Create<Note>(static note => note.ToByteArray(), Note.Parser.ParseFrom);

    private static readonly Method<Note, Note> Method = new(MethodType.Unary, "bad.Server", "Answer", Marshaller, Marshaller);

    public static void Map(WebApplication app, RequestDelegate answer) => app.Map("/bad.Server/Answer", async http =>
    {
        http.Response.ContentType = "application/grpc";
        await answer(http);
    });

    public static Task CallAsync(TestServer server) =>
        server.Channel().CreateCallInvoker().AsyncUnaryCall(Method, null, default, new Note()).ResponseAsync;
}
