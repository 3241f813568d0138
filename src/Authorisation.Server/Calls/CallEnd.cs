using Grpc.Core;

namespace Authorisation.Server.Calls;

/// <summary>Whether a call is over before its handler is: its client is gone, or its deadline has passed.</summary>
internal static class CallEnd
{
    // A deadline ends the response first and cancels the handler afterwards; timers can fire early by a part of this.
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Whether nothing that a handler still does reaches the client. To be asked while the handler runs.
    /// </summary>
    public static bool IsOver(this ServerCallContext call) =>
        call.CancellationToken.IsCancellationRequested
        || call.GetHttpContext().RequestAborted.IsCancellationRequested
        || call.Deadline - DateTime.UtcNow < DeadlineSlack;

    /// <summary>
    /// Whether an exception says no more than that its call is over: of a wait, of the connection, or of a read or
    /// write of a stream, which is an <see cref="InvalidOperationException"/> from then on.
    /// </summary>
    public static bool IsWhy(Exception exception, ServerCallContext call) =>
        exception is OperationCanceledException or InvalidOperationException or IOException && call.IsOver();

    /// <summary>
    /// The exception that the handler of such a call ends with. It is neither sent nor logged as an error.
    /// </summary>
    public static RpcException Cancelled(Exception exception) =>
        new(new Status(StatusCode.Cancelled, "The client is gone, or the deadline has passed.", exception));
}
