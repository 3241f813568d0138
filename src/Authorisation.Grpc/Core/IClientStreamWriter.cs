namespace Grpc.Core;

/// <summary>The requests of a call, written by its client.</summary>
/// <typeparam name="T">The request's type.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more requests follow.</summary>
    Task CompleteAsync();
}
