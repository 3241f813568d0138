namespace Authorisation.Ledger.Activation;

/// <summary>
/// Turns of the activations of one login on this server: one at a time, and no more of them wait than the login may
/// have refused.
/// </summary>
/// <remarks>
/// Safe for any number of callers: the dictionary and its counts are behind one lock, which is never held while
/// anything is awaited. A login is in the dictionary while a call has its turn or waits for it, so the dictionary is as
/// large as the number of calls under way. The last user drops the semaphore, which needs no disposal: its wait handle
/// is never used.
/// </remarks>
internal sealed class LoginTurns(int waitingMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int OperatorId, string Login), Line> _lines = [];

    /// <summary>
    /// Runs something when it is the login's turn; <see langword="null"/> at once when too many wait.
    /// </summary>
    public async Task<T?> RunAsync<T>(int operatorId, string login, Func<Task<T>> run, CancellationToken cancellationToken)
        where T : class
    {
        var key = (operatorId, login);
        if (Join(key) is not { } line)
        {
            return null;
        }

        try
        {
            await line.Turn.WaitAsync(cancellationToken);
            try
            {
                return await run();
            }
            finally
            {
                line.Turn.Release();
            }
        }
        finally
        {
            Leave(key, line);
        }
    }

    private Line? Join((int OperatorId, string Login) key)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(key, out var line))
            {
                _lines.Add(key, line = new Line());
            }
            else if (line.Count >= waitingMax)
            {
                return null;
            }

            line.Count++;
            return line;
        }
    }

    private void Leave((int OperatorId, string Login) key, Line line)
    {
        lock (_gate)
        {
            if (--line.Count == 0)
            {
                _lines.Remove(key);
            }
        }
    }

    private sealed class Line
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Count { get; set; }
    }
}
