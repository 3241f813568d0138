using Authorisation.Ledger.Access;
using Authorisation.Server.Contract;

namespace Authorisation.Server.Access;

/// <summary>The tokens of all ledgers: a token says the operator, and so the ledger.</summary>
/// <remarks>
/// Safe for any number of callers: its only state beside the directories, which are, is one reference that is replaced
/// whole.
/// </remarks>
/// <param name="ledgers">The tokens of each ledger, in the order of the ledgers' places.</param>
public sealed class AllTokens(IEnumerable<TokenDirectory> ledgers)
{
    private readonly TokenDirectory[] _ledgers = [.. ledgers];
    private volatile IReadOnlyDictionary<TokenHash, Caller>? _rehearsing;

    /// <summary>The callers that this server rehearses by, for as long as it does.</summary>
    internal IReadOnlyDictionary<TokenHash, Caller>? Rehearsing { get => _rehearsing; set => _rehearsing = value; }

    /// <summary>Whether those of every ledger have been read once: a token that is not known then is unknown.</summary>
    public bool AreLoaded => Array.TrueForAll(_ledgers, static one => one.IsLoaded);

    /// <summary>The caller that a token stands for; <see langword="null"/> when the token is not valid.</summary>
    public Caller? Find(TokenHash token)
    {
        foreach (var ledger in _ledgers)
        {
            if (ledger.Find(token) is { } caller)
            {
                return caller;
            }
        }

        return _rehearsing?.GetValueOrDefault(token);
    }

    /// <summary>
    /// As <see cref="Find"/>, but each ledger's tokens are read again before it gives up. A token that one ledger has is
    /// found as soon as that one answers.
    /// </summary>
    public async ValueTask<Caller?> FindAfterFreshLookAsync(TokenHash token, CancellationToken cancellationToken)
    {
        var looks = _ledgers.Select(one => one.FindAfterFreshLookAsync(token, cancellationToken).AsTask());
        await foreach (var look in Task.WhenEach(looks))
        {
            if (await look is { } caller)
            {
                return caller;
            }
        }

        return null;
    }
}
