using Authorisation.Core;
using Authorisation.Server.Contract;
using Authorisation.Server.Strangers;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Authorisation.Server.Access;

/// <summary>
/// Runs before every gRPC call: identifies the caller by the headers before a byte of its message is read, and bounds
/// how long its messages may take to arrive. It depends on HTTP only, so that it works with any implementation of the
/// calls.
/// </summary>
internal sealed class TokenGate(RequestDelegate next, CallerResolver callers, TimeProvider time)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint
            || http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            // Nothing answers it, or with an error that says what is wrong with it.
            return http.Features.Get<ClientConnection>() is not { IsKnown: false } stranger || MayRefuse(http, stranger)
                ? next(http)
                : Task.CompletedTask;
        }

        var isSingle = endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type is MethodType.Unary or MethodType.ServerStreaming;
        var connection = http.Features.Get<ClientConnection>();
        if (endpoint.Metadata.GetMetadata<OpenCall>() is not null)
        {
            return AnswerOpenAsync(http, connection, isSingle);
        }

        var identifying = callers.IdentifyAsync(http, connection);
        return identifying.IsCompletedSuccessfully
            ? AnswerAsync(http, connection, identifying.Result, isSingle)
            : AnswerLaterAsync(http, connection, identifying, isSingle);
    }

    private async Task AnswerLaterAsync(
        HttpContext http, ClientConnection? connection, ValueTask<RpcException?> identifying, bool isSingle) =>
        await AnswerAsync(http, connection, await identifying, isSingle);

    private Task AnswerAsync(HttpContext http, ClientConnection? connection, RpcException? refusal, bool isSingle)
    {
        if (refusal is not null)
        {
            Refuse(http, connection, refusal);
            return Task.CompletedTask;
        }

        connection?.BecomeKnown();
        BoundedMessages.Put(http, isSingle, Limits.RequestBytesMax, time);
        return next(http);
    }

    private async Task AnswerOpenAsync(HttpContext http, ClientConnection? connection, bool isSingle)
    {
        if (connection?.TryBeginOpenCall() == false)
        {
            Refuse(http, connection, Errors.ResourceExhausted(
                "TOO_MANY_CALLS", $"Without a token a connection may have {Limits.StrangerCallsMax} calls open at most."));
            return;
        }

        try
        {
            BoundedMessages.Put(http, isSingle, Limits.StrangerMessageBytesMax, time);
            await next(http);
        }
        finally
        {
            connection?.EndOpenCall(time.GetTimestamp());
        }
    }

    private static void Refuse(HttpContext http, ClientConnection? connection, RpcException refusal)
    {
        if (MayRefuse(http, connection))
        {
            Refusal.Write(http.Response, refusal);
        }
    }

    /// <summary>
    /// Counts a refusal until its answer is sent; false when the connection has too many that are not.
    /// </summary>
    private static bool MayRefuse(HttpContext http, ClientConnection? connection)
    {
        if (connection?.TryBeginRefusal() == false)
        {
            return false;
        }

        if (connection is not null)
        {
            http.Response.OnCompleted(
                static one =>
                {
                    ((ClientConnection)one).EndRefusal();
                    return Task.CompletedTask;
                },
                connection);
        }

        return true;
    }
}
