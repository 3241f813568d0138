namespace Authorisation.Hosting.Workers;

/// <summary>Announces to a host's <see cref="RepeatedWork"/> that there may be something to do, so that it need not look often.</summary>
/// <remarks>
/// Safe for any number of threads: its only state is one task, which is replaced whole before it ends. Who takes
/// <see cref="Next"/> before it looks for work misses nothing that is announced from then on.
/// </remarks>
public sealed class WorkSignal
{
    private TaskCompletionSource _next = NewNext();

    /// <summary>Ends when there may be something to do that was not there when it was asked for.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Announces that there may be something to do. To be called when it can be seen: after its commit.</summary>
    public void Announce() => Interlocked.Exchange(ref _next, NewNext()).TrySetResult();

    private static TaskCompletionSource NewNext() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
