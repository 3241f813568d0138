namespace Grpc.AspNetCore.HealthChecks;

/// <summary>A health check as a mapping's predicate sees it.</summary>
public sealed class HealthCheckMapContext
{
    /// <summary>Describes a health check.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tags">Its tags.</param>
    public HealthCheckMapContext(string name, IEnumerable<string> tags)
    {
        Name = name;
        Tags = tags;
    }

    /// <summary>The check's name.</summary>
    public string Name { get; }

    /// <summary>The check's tags.</summary>
    public IEnumerable<string> Tags { get; }
}
