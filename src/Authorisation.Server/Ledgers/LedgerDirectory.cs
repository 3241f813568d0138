using Authorisation.Ledger.Database;
using Authorisation.Server.Contract;

namespace Authorisation.Server.Ledgers;

/// <summary>The ledgers of a server: one, unless more are set. The token says the operator, the operator its ledger.</summary>
/// <remarks>
/// Safe for any number of callers: the ledgers never change, and whether the server has served is one value that turns
/// true once.
/// </remarks>
public sealed class LedgerDirectory : IAsyncDisposable
{
    private readonly ServedLedger[] _ledgers;
    private volatile bool _hasServed;

    /// <summary>Makes all ledgers.</summary>
    internal LedgerDirectory(IReadOnlyList<LedgerOptions> ledgers, SharedByLedgers shared) =>
        _ledgers = [.. ledgers.Select((options, place) => new ServedLedger(place, options, isOnly: ledgers.Count == 1, shared))];

    /// <summary>All of them, by their places.</summary>
    public IReadOnlyList<ServedLedger> All => _ledgers;

    /// <summary>
    /// Why the server cannot do its work; <see langword="null"/> when it can. It can as soon as it serves the operators of
    /// one ledger, and goes on while it serves those of any: one ledger out of reach is no reason to take the others'
    /// operators away from all servers. It does not begin before the tokens of all ledgers that are well have been read.
    /// </summary>
    public string? FindTrouble()
    {
        var troubled = _ledgers.Select(static one => (one.Name, one.Trouble, IsWell: one.Watch.Trouble is null))
            .Where(static one => one.Trouble is not null)
            .ToList();
        var isStarting = !_hasServed && troubled.Exists(static one => one.IsWell);
        if (troubled.Count < _ledgers.Length && !isStarting)
        {
            _hasServed = true;
            return null;
        }

        return string.Join("; ", troubled.Select(one => _ledgers.Length == 1 ? one.Trouble : $"ledger {one.Name}: {one.Trouble}"));
    }

    /// <summary>How long the lane that is worst off has had something to do without having moved on.</summary>
    public TimeSpan StandsStillFor => _ledgers.Max(static one => one.Queue.StandsStillFor);

    /// <summary>Why a server that has stopped failed all the same: its only ledger's schema is another one.</summary>
    public string? ReasonToFail => _ledgers is [var only] ? only.Watch.SchemaMismatch?.Message : null;

    /// <summary>The ledger of a caller's operator.</summary>
    public ServedLedger Of(Caller caller) => _ledgers[caller.Ledger];

    /// <summary>Commits what waits, and closes the connections; no ledger waits for another.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ledgers.Select(static one => one.DisposeAsync().AsTask()));
}
