namespace Grpc.Core;

/// <summary>The responses of a call, written by its handler.</summary>
/// <typeparam name="T">The response's type.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
