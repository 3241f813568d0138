using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Access;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;

namespace Authorisation.Server.Rehearsals;

/// <summary>
/// The tokens of a rehearsal's callers: random, known to this process alone, and good until this is disposed of.
/// </summary>
internal sealed class RehearsalAccess : IDisposable
{
    private readonly AllTokens _tokens;

    /// <summary>Lets the callers in, as those of an operator of a ledger.</summary>
    public RehearsalAccess(AllTokens tokens, ServedLedger ledger)
    {
        _tokens = tokens;
        var (console, app) = (TokenHash.NewToken(), TokenHash.NewToken());
        (Console, AppBackEnd) = (console.Token, app.Token);
        _tokens.Rehearsing = new Dictionary<TokenHash, Caller>
        {
            [TokenHash.FromBytes(console.Sha256)] = CallerOf(ledger, ClientKind.Console),
            [TokenHash.FromBytes(app.Sha256)] = CallerOf(ledger, ClientKind.AppBackEnd),
        };
    }

    /// <summary>The token of a driver's console.</summary>
    public string Console { get; }

    /// <summary>The token of the back end of an app.</summary>
    public string AppBackEnd { get; }

    /// <inheritdoc/>
    public void Dispose() => _tokens.Rehearsing = null;

    private static Caller CallerOf(ServedLedger ledger, ClientKind kind) => new(
        Rehearsal.Terms,
        new AccessGrant(Rehearsal.Terms.Id, (long)kind, kind, AppAccountId: null, CertificateSha256: null),
        ledger.Place);
}
