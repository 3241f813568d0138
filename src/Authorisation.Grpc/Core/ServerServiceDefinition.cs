namespace Grpc.Core;

/// <summary>The methods of a service with their handlers.</summary>
public class ServerServiceDefinition
{
    private readonly List<Action<ServiceBinderBase>> _methods;

    private ServerServiceDefinition(List<Action<ServiceBinderBase>> methods) => _methods = methods;

    /// <summary>Starts a definition.</summary>
    public static Builder CreateBuilder() => new();

    internal void BindService(ServiceBinderBase serviceBinder)
    {
        foreach (var method in _methods)
        {
            method(serviceBinder);
        }
    }

    /// <summary>Gathers the methods of a definition.</summary>
    public class Builder
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private readonly List<Action<ServiceBinderBase>> _methods = [];

        /// <summary>Creates an empty builder.</summary>
        public Builder()
        {
        }

        /// <summary>Adds a unary call.</summary>
        /// <param name="method">The method.</param>
        /// <param name="handler">Its handler.</param>
        /// <typeparam name="TRequest">The request's type.</typeparam>
        /// <typeparam name="TResponse">The response's type.</typeparam>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a client-streaming call.</summary>
        /// <param name="method">The method.</param>
        /// <param name="handler">Its handler.</param>
        /// <typeparam name="TRequest">The request's type.</typeparam>
        /// <typeparam name="TResponse">The response's type.</typeparam>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a server-streaming call.</summary>
        /// <param name="method">The method.</param>
        /// <param name="handler">Its handler.</param>
        /// <typeparam name="TRequest">The request's type.</typeparam>
        /// <typeparam name="TResponse">The response's type.</typeparam>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a duplex-streaming call.</summary>
        /// <param name="method">The method.</param>
        /// <param name="handler">Its handler.</param>
        /// <typeparam name="TRequest">The request's type.</typeparam>
        /// <typeparam name="TResponse">The response's type.</typeparam>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Ends the definition.</summary>
        public ServerServiceDefinition Build() => new([.. _methods]);

        private Builder Add(IMethod method, Action<ServiceBinderBase> bind)
        {
            if (!_names.Add(method.FullName))
            {
                throw new ArgumentException($"The method {method.FullName} has been added already.", nameof(method));
            }

            _methods.Add(bind);
            return this;
        }
    }
}
