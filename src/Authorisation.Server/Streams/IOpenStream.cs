using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>A stream of many items for as long as its call lasts.</summary>
internal interface IOpenStream
{
    /// <summary>Reads and answers to the end.</summary>
    /// <exception cref="RpcException">How it ends, when the client did not end it in order.</exception>
    Task RunAsync();

    /// <summary>Reads no more, answers what was read within a time, and then ends with an error.</summary>
    void Stop(RpcException end, TimeSpan within);

    /// <summary>Ends what has taken too long. Called every <see cref="Core.Limits.StreamWatchInterval"/>.</summary>
    void Look();
}
