using Authorisation.Hosting.Settings;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Reads;
using Authorisation.Server.Settings;

namespace Authorisation.Server.Ledgers;

/// <summary>
/// Looks at all ledgers at once before the server listens. One that is not there does not stop the start; one with
/// another schema does, and so do two that have operators with the same id, or may come to.
/// </summary>
/// <remarks>One task runs it; nothing here is for others.</remarks>
internal sealed class FirstLook(LedgerDirectory ledgers) : IHostedService
{
    /// <summary>Looks.</summary>
    /// <exception cref="Schema.SchemaMismatchException">The only ledger's schema is another one.</exception>
    /// <exception cref="SettingException">The same of one of several, or two have an id in common.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(ledgers.All.Select(one => one.Watch.LookAsync(cancellationToken)));
        foreach (var ledger in ledgers.All)
        {
            if (ledger.Watch.SchemaMismatch is { } mismatch)
            {
                throw ledgers.All.Count == 1
                    ? mismatch
                    : new SettingException(
                        LedgerSettings.ConnectionStringOf(ledger.Name), $"leads to a ledger of another schema: {mismatch.Message.TrimEnd('.')}");
            }
        }

        if (ledgers.All.Count > 1)
        {
            RefuseSharedIds(await ReadIdsAsync(cancellationToken));
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<List<(string Ledger, OperatorIds Ids)>> ReadIdsAsync(CancellationToken cancellationToken)
    {
        var read = new List<(string, OperatorIds)>();
        foreach (var ledger in ledgers.All.Where(static one => one.Watch.Trouble is null))
        {
            try
            {
                read.Add((ledger.Name, await ledger.ReadOperatorIdsAsync(cancellationToken)));
            }
            catch (Exception e) when (e is LedgerUnreachableException or LedgerBusyException)
            {
                // As one that was out of reach before: what it has of another's is not served.
            }
        }

        return read;
    }

    private static void RefuseSharedIds(List<(string Ledger, OperatorIds Ids)> all)
    {
        for (var i = 0; i < all.Count; i++)
        {
            var (name, ids) = all[i];
            foreach (var (other, others) in all.Take(i))
            {
                foreach (var (id, code) in ids.Codes.OrderBy(static one => one.Key))
                {
                    if (others.Codes.TryGetValue(id, out var same))
                    {
                        throw new SettingException(
                            LedgerSettings.ConnectionStringOf(name),
                            $"leads to a ledger with an operator {id} ({code}), and the ledger {other} has an operator {id} ({same}), "
                            + "too: an id may be in one ledger only");
                    }
                }

                if (ids.First <= others.Last && others.First <= ids.Last)
                {
                    throw new SettingException(
                        LedgerSettings.ConnectionStringOf(name),
                        $"leads to a ledger that gives its operators ids from {ids.First} to {ids.Last}, and the ledger {other} gives "
                        + $"ids from {others.First} to {others.Last}: give each a range of its own with ALTER TABLE operator "
                        + "ALTER COLUMN id SET MINVALUE … SET MAXVALUE … SET START … (docs/operate/maintenance.md)");
                }
            }
        }
    }
}
