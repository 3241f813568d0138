using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Database;
using Authorisation.Server.Contract;
using Authorisation.Server.Following;

namespace Authorisation.Server.Access;

/// <summary>
/// All tokens in force and all operators of one ledger, in memory, kept up to date from it: at once when Postgres signals a
/// change, and by a query every <see cref="Limits.TokenPollInterval"/> in any case, so that a token that was ended is
/// refused within a second. While Postgres is unreachable the last known set applies.
/// </summary>
/// <remarks>
/// Safe for any number of readers: the operators are replaced whole, the tokens are in a concurrent dictionary that the
/// one background loop alone writes, and a reader that comes between two of its writes sees a token either before or
/// after its change, which is all that the second allows for.
/// </remarks>
/// <param name="database">The ledger.</param>
/// <param name="place">Its place among the server's.</param>
/// <param name="owners">Which ledger each operator belongs to.</param>
/// <param name="logger">Gets a line when tokens are loaded and when they cannot be followed.</param>
public sealed partial class TokenDirectory(
    LedgerDatabase database, int place, OperatorOwners owners, ILogger<TokenDirectory> logger)
    : LedgerFollower(Limits.TokenPollInterval)
{
    private ConcurrentDictionary<TokenHash, AccessGrant> _grants = new();
    private FrozenDictionary<int, Operator> _operators = FrozenDictionary<int, Operator>.Empty;
    private volatile bool _isLoaded;

    // Operators whose ids are another ledger's. Of the background loop alone.
    private readonly HashSet<int> _refused = [];

    // Counting a concurrent dictionary takes all of its locks.
    private volatile int _count;

    // The query that has not begun yet. A caller that needs a fresh result waits until it has ended.
    private TaskCompletionSource _nextLook = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // When a caller last waited for a look.
    private long _askedAt = -Stopwatch.Frequency * (long)Limits.TokenAskedLingerTime.TotalSeconds;

    // The look that has begun last, which may have ended.
    private Task _lookUnderWay = Task.CompletedTask;

    private bool IsAsked => Stopwatch.GetElapsedTime(Interlocked.Read(ref _askedAt)) < Limits.TokenAskedLingerTime;

    /// <summary>Whether the tokens have been read once.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>How many tokens are in force, as far as is known.</summary>
    public int Count => _count;

    /// <summary>The caller that a token stands for; <see langword="null"/> when the token is not valid.</summary>
    public Caller? Find(TokenHash token) =>
        Volatile.Read(ref _grants).TryGetValue(token, out var grant)
        && Volatile.Read(ref _operators).TryGetValue(grant.OperatorId, out var @operator)
            ? new Caller(@operator, grant, place)
            : null;

    /// <summary>The terms of an operator; <see langword="null"/> when it is not known, or not yet.</summary>
    public Operator? OperatorOf(int id) => Volatile.Read(ref _operators).GetValueOrDefault(id);

    /// <summary>
    /// As <see cref="Find"/>, but reads the tokens again before it gives up, so that a token works on every server from
    /// the moment it is issued. Waits at most <see cref="Limits.TokenRereadTimeout"/> for the query under way, and as
    /// long for the next.
    /// </summary>
    public async ValueTask<Caller?> FindAfterFreshLookAsync(TokenHash token, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _askedAt, Stopwatch.GetTimestamp());
        var next = Volatile.Read(ref _nextLook).Task;
        try
        {
            // Mostly the one that the token's own notification began.
            await Volatile.Read(ref _lookUnderWay).WaitAsync(Limits.TokenRereadTimeout, cancellationToken);
            if (Find(token) is { } caller)
            {
                return caller;
            }

            await next.WaitAsync(Limits.TokenRereadTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Postgres is out of reach; what is known stands.
        }

        return Find(token);
    }

    /// <inheritdoc />
    protected override async Task FollowAsync(CancellationToken stop)
    {
        await using var feed = await AccessFeed.OpenAsync(database, stop);
        var (all, operators) = await feed.PollAsync(stop);
        var grants = new ConcurrentDictionary<TokenHash, AccessGrant>();
        Apply(all, grants);
        Volatile.Write(ref _operators, Owned(operators));
        Volatile.Write(ref _grants, grants);
        _count = grants.Count;
        _isLoaded = true;
        NoteFollowing();
        LogLoaded(grants.Count, operators.Count);

        while (true)
        {
            await feed.WaitAsync(IsAsked ? Limits.TokenPollIntervalWhileAsked : Limits.TokenPollInterval, stop);
            // Replaced before the query begins: one under way may have missed the token that a caller waits for.
            var look = Interlocked.Exchange(
                ref _nextLook, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Volatile.Write(ref _lookUnderWay, look.Task);
            var (changes, current) = await feed.PollAsync(stop);
            Volatile.Write(ref _operators, Owned(current));
            if (changes.Count > 0)
            {
                Apply(changes, grants);
                _count = grants.Count;
            }

            look.TrySetResult();
        }
    }

    /// <inheritdoc />
    protected override void TellLost(string reason) => LogLost(reason);

    private FrozenDictionary<int, Operator> Owned(IReadOnlyList<Operator> operators)
    {
        foreach (var one in operators.Where(one => !owners.IsOf(one.Id, place) && _refused.Add(one.Id)))
        {
            LogTaken(one.Id, one.Code);
        }

        return operators.Where(one => !_refused.Contains(one.Id)).ToFrozenDictionary(one => one.Id);
    }

    private static void Apply(
        IReadOnlyList<AccessChange> changes, ConcurrentDictionary<TokenHash, AccessGrant> grants)
    {
        foreach (var (token, grant) in changes)
        {
            if (grant is null)
            {
                grants.TryRemove(token, out _);
            }
            else
            {
                grants[token] = grant;
            }
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "Tokens are loaded: {Tokens} of {Operators} operators")]
    private partial void LogLoaded(int tokens, int operators);

    [LoggerMessage(4002, LogLevel.Warning, "Tokens cannot be followed, the last known ones stand: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(4640, LogLevel.Error,
        "Operator {Operator} ({Code}) is not served from this ledger: another ledger has an operator with the same id")]
    private partial void LogTaken(int @operator, string code);
}
