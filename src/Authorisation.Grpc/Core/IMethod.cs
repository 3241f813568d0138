namespace Grpc.Core;

/// <summary>What is known of a method without its message types.</summary>
public interface IMethod
{
    /// <summary>The kind of call.</summary>
    MethodType Type { get; }

    /// <summary>The service's full name.</summary>
    string ServiceName { get; }

    /// <summary>The method's name.</summary>
    string Name { get; }

    /// <summary>The method's path: <c>/service/method</c>.</summary>
    string FullName { get; }
}
