using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>A call without its message types, so that the four kinds share their delegates.</summary>
internal interface IClientCall : IDisposable
{
    Task<Metadata> ResponseHeadersAsync { get; }

    Status GetStatus();

    Metadata GetTrailers();
}
