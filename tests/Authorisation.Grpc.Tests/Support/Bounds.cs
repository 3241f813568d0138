namespace Authorisation.Grpc.Tests.Support;

/// <summary>How long a test waits for what should happen at once.</summary>
public static class Bounds
{
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Wait);

    public static Task Soon(this Task task) => task.WaitAsync(Wait);
}
