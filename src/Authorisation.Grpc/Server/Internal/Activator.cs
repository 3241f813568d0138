using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Gives each call its service or interceptor: the singleton, what is registered otherwise, or a new instance that
/// is disposed of with the request. Shared by all calls: what changes after construction is the singleton's reference
/// alone, which every thread that writes it gets from the container as the same object.
/// </summary>
internal sealed class Activator<T>
    where T : class
{
    private readonly Type _type;
    private readonly IServiceProvider? _singletons;
    private readonly bool _isRegistered;
    private readonly bool _needsServices;
    private readonly object[] _arguments;
    private readonly ObjectFactory? _factory;
    private T? _singleton;

    public Activator(IServiceProvider provider, Type type, IReadOnlyList<object> arguments)
    {
        _type = type;
        _arguments = [.. arguments];
        var lifetime = arguments.Count == 0 ? provider.GetRequiredService<ServiceLifetimes>().Find(type) : null;
        _isRegistered = lifetime is not null;
        _singletons = lifetime == ServiceLifetime.Singleton ? provider : null;
        if (!_isRegistered)
        {
            _factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(static argument => argument.GetType())]);
            _needsServices = System.Array.Exists(
                type.GetConstructors(BindingFlags.Public | BindingFlags.Instance),
                static constructor => constructor.GetParameters().Length > 0);
        }
    }

    public T Get(HttpContext http)
    {
        if (_singletons is not null)
        {
            return _singleton ??= (T)_singletons.GetRequiredService(_type);
        }

        return _isRegistered ? (T)http.RequestServices.GetRequiredService(_type) : Create(http);
    }

    private T Create(HttpContext http)
    {
        // Asking for RequestServices creates a scope, which a type without dependencies does not need.
        var instance = (T)_factory!(_needsServices ? http.RequestServices : EmptyServices.Instance, _arguments);
        if (instance is IAsyncDisposable asyncDisposable)
        {
            http.Response.RegisterForDisposeAsync(asyncDisposable);
        }
        else if (instance is IDisposable disposable)
        {
            http.Response.RegisterForDispose(disposable);
        }

        return instance;
    }

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
