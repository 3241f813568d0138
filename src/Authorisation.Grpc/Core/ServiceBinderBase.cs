namespace Grpc.Core;

/// <summary>Takes the methods of a service, one at a time; generated <c>BindService</c> methods call it.</summary>
public class ServiceBinderBase
{
    /// <summary>Takes the method of a unary call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Its handler; null when only the description is wanted.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class =>
        throw new NotImplementedException();

    /// <summary>Takes the method of a client-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Its handler; null when only the description is wanted.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class =>
        throw new NotImplementedException();

    /// <summary>Takes the method of a server-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Its handler; null when only the description is wanted.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class =>
        throw new NotImplementedException();

    /// <summary>Takes the method of a duplex-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Its handler; null when only the description is wanted.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class =>
        throw new NotImplementedException();
}
