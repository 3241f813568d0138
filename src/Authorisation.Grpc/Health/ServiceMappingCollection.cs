using System.Collections;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>The services whose health is told.</summary>
public sealed class ServiceMappingCollection : ICollection<ServiceMapping>
{
    private readonly List<ServiceMapping> _mappings = [];

    /// <summary>The number of services mapped.</summary>
    public int Count => _mappings.Count;

    bool ICollection<ServiceMapping>.IsReadOnly => false;

    /// <summary>Adds a mapping; its name must be new.</summary>
    /// <param name="service">The mapping.</param>
    public void Add(ServiceMapping service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (Find(service.Name) is not null)
        {
            throw new ArgumentException($"The service '{service.Name}' is mapped already.", nameof(service));
        }

        _mappings.Add(service);
    }

    /// <summary>Removes every mapping.</summary>
    public void Clear() => _mappings.Clear();

    /// <summary>Removes the mapping of a service, if there is one.</summary>
    /// <param name="name">The service's name.</param>
    public void Remove(string name) => _mappings.RemoveAll(mapping => mapping.Name == name);

    /// <summary>Maps checks to a service, in place of an earlier mapping.</summary>
    /// <param name="name">The service's name; empty for the server as a whole.</param>
    /// <param name="predicate">Chooses the checks.</param>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate)
    {
        Remove(name);
        Add(new ServiceMapping(name, predicate));
    }

    /// <inheritdoc />
    public IEnumerator<ServiceMapping> GetEnumerator() => _mappings.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _mappings.GetEnumerator();

    bool ICollection<ServiceMapping>.Contains(ServiceMapping item) => _mappings.Contains(item);

    void ICollection<ServiceMapping>.CopyTo(ServiceMapping[] array, int arrayIndex) => _mappings.CopyTo(array, arrayIndex);

    bool ICollection<ServiceMapping>.Remove(ServiceMapping item) => _mappings.Remove(item);

    internal ServiceMapping? Find(string name) => _mappings.Find(mapping => mapping.Name == name);
}
