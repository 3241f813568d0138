namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// The client reset the call or its connection broke. A request's body says so a moment before the call's token
/// does, and handlers are to see one kind of cancellation.
/// </summary>
internal sealed class CallLostException(Exception cause) : OperationCanceledException("The call was cancelled.", cause);
