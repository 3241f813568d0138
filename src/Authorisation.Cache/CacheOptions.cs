namespace Authorisation.Cache;

/// <summary>
/// Where the cache is. How long it may take and keep things is not a choice; it stands among the limits.
/// </summary>
public sealed record CacheOptions
{
    /// <summary>
    /// How to reach Redis, as StackExchange.Redis writes it: <c>host:port,password=…,ssl=true</c>. Of Redis Cluster,
    /// one node or several; the others are learned from these.
    /// </summary>
    public required string ConnectionString { get; init; }
}
