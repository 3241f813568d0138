namespace Grpc.AspNetCore.Server;

/// <summary>One interceptor of a service.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(arguments);
        Type = type;
        Arguments = arguments;
    }

    /// <summary>The interceptor's type.</summary>
    public Type Type { get; }

    /// <summary>Arguments for its constructor, beside what dependency injection gives.</summary>
    public IReadOnlyList<object> Arguments { get; }
}
