using System.Runtime.InteropServices;
using Authorisation.Core;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// The purchases of one transaction, the instruments they name, and what was loaded for them. Used by one lane at a
/// time.
/// </summary>
internal sealed class Batch
{
    private readonly Dictionary<Instrument, AccountInBatch> _accounts = [];
    private readonly HashSet<(int OperatorId, int Month)> _openMonths = [];
    private readonly Dictionary<Guid, AuthorisationEntry> _entries = [];

    public Batch(IReadOnlyList<CommitItem> items)
    {
        Items = items;
        foreach (var item in items)
        {
            ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _accounts, item.Purchase.Instrument, out _);
            if (account is null)
            {
                account = new AccountInBatch(item.Purchase.Instrument);
                Accounts.Add(account);
            }
        }
    }

    public IReadOnlyList<CommitItem> Items { get; }

    /// <summary>The instruments, each once, in the order they are asked for and answered in.</summary>
    public List<AccountInBatch> Accounts { get; } = [];

    /// <summary>The moment of decision: the database's clock, read under the locks and before the accounts.</summary>
    public DateTimeOffset Now { get; set; }

    public AccountInBatch AccountOf(CommitItem item) => _accounts[item.Purchase.Instrument];

    public void AddOpenMonth(int operatorId, int month) => _openMonths.Add((operatorId, month));

    public bool IsOpen(int operatorId, CreditMonth month) => _openMonths.Contains((operatorId, month.Number));

    public void AddEntry(AuthorisationEntry entry) => _entries[entry.Purchase.Id] = entry;

    public AuthorisationEntry? EntryOf(Guid id) => _entries.GetValueOrDefault(id);
}
