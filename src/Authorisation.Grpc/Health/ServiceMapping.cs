namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Says which health checks a service's health is made of.</summary>
public sealed class ServiceMapping
{
    /// <summary>Maps checks to a service.</summary>
    /// <param name="name">The service's name; empty for the server as a whole.</param>
    /// <param name="predicate">Chooses the checks.</param>
    public ServiceMapping(string name, Func<HealthCheckMapContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(predicate);
        Name = name;
        HealthCheckPredicate = predicate;
    }

    /// <summary>The service's name; empty for the server as a whole.</summary>
    public string Name { get; }

    /// <summary>Chooses the checks.</summary>
    public Func<HealthCheckMapContext, bool>? HealthCheckPredicate { get; }
}
