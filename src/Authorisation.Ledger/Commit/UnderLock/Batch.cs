using System.Runtime.InteropServices;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>
/// The commands of one transaction, the accounts they concern, and what was loaded for them. Used by one lane at a
/// time.
/// </summary>
internal sealed class Batch
{
    private readonly Dictionary<AccountKey, int> _places = [];
    private readonly List<AccountInBatch> _accountsByPlace = [];
    private readonly Dictionary<Guid, AccountInBatch> _accountsById = [];
    private readonly Dictionary<(int OperatorId, CreditMonth Month), bool> _months = [];
    private readonly Dictionary<int, CreditMonth> _firstOpenMonths = [];
    private readonly Dictionary<Guid, AuthorisationHistory> _histories = [];
    private readonly Dictionary<Guid, OperationEntry> _operations = [];
    private readonly Dictionary<Guid, List<OperationEntry>> _loaded = [];
    // By the zone itself: the same object for all of an operator's purchases, and cheaper to compare than its rules.
    private readonly Dictionary<TimeZoneInfo, CreditMonth> _monthsNow = new(ReferenceEqualityComparer.Instance);

    public Batch(IReadOnlyList<CommitItem> items)
    {
        Items = items;
        foreach (var item in items)
        {
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, item.Key, out var isKnown);
            if (!isKnown)
            {
                place = Keys.Count;
                Keys.Add(item.Key);
            }
        }
    }

    public IReadOnlyList<CommitItem> Items { get; }

    /// <summary>The accounts asked for, each key once, in the order they are asked for and answered in.</summary>
    public List<AccountKey> Keys { get; } = [];

    /// <summary>The accounts, each once, though it may have been asked for by its instrument and by its id.</summary>
    public List<AccountInBatch> Accounts { get; } = [];

    /// <summary>The moment of decision: the database's clock, read under the locks and before the accounts.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>The month that it is at an operator.</summary>
    public CreditMonth MonthAt(Operator terms)
    {
        ref var month = ref CollectionsMarshal.GetValueRefOrAddDefault(_monthsNow, terms.TimeZone, out var isKnown);
        return isKnown ? month : month = CreditMonth.Of(Now, terms.TimeZone);
    }

    /// <summary>Adds what was found for the next key.</summary>
    public void AddAccount(CreditAccount? row, bool isLocked, CreditMonth firstOpenMonth)
    {
        var key = Keys[_accountsByPlace.Count];
        _firstOpenMonths[key.Instrument.OperatorId] = firstOpenMonth;
        if (row is null || !_accountsById.TryGetValue(row.Id, out var account))
        {
            account = new AccountInBatch(row, isLocked);
            Accounts.Add(account);
            if (row is not null)
            {
                _accountsById.Add(row.Id, account);
            }
        }

        account.IsOnInstrument |= key.AccountId is null;
        _accountsByPlace.Add(account);
    }

    public AccountInBatch AccountOf(CommitItem item) => _accountsByPlace[_places[item.Key]];

    /// <summary>Adds a month that was asked for, and whether it was kept from being closed.</summary>
    public void AddMonth(int operatorId, CreditMonth month, bool isKeptOpen) => _months[(operatorId, month)] = isKeptOpen;

    /// <summary>Whether a month is kept open; <see langword="null"/> when it was not asked for.</summary>
    public bool? IsOpen(int operatorId, CreditMonth month) =>
        _months.TryGetValue((operatorId, month), out var isKeptOpen) ? isKeptOpen : null;

    /// <summary>The first month of an operator whose invoices are open.</summary>
    public CreditMonth FirstOpenMonthOf(int operatorId) => _firstOpenMonths[operatorId];

    /// <summary>
    /// The month of the invoice on which something stands that belongs to a month, as long as this is kept open.
    /// </summary>
    public CreditMonth InvoiceMonthOf(Operator terms, CreditMonth month) =>
        CreditMonth.Later(month, FirstOpenMonthOf(terms.Id));

    /// <summary>Adds an authorisation, or what it has become.</summary>
    public void Add(AuthorisationHistory history) => _histories[history.Entry.Purchase.Id] = history;

    /// <summary>
    /// Adds an operation that was loaded, to its authorisation too if that is known. Those of one authorisation come in
    /// order.
    /// </summary>
    public void AddLoaded(OperationEntry operation)
    {
        _operations[operation.Request.Id] = operation;
        var id = operation.Request.AuthorisationId;
        if (!_loaded.TryGetValue(id, out var ofAuthorisation) && HistoryOf(id) is { } history)
        {
            _loaded.Add(id, ofAuthorisation = []);
            Add(history with { Operations = ofAuthorisation });
        }

        ofAuthorisation?.Add(operation);
    }

    /// <summary>Records the decision.</summary>
    public void Add(Outcome decided)
    {
        if (decided.Operation is { } operation)
        {
            _operations[operation.Request.Id] = operation;
        }

        Add(decided.History ?? new AuthorisationHistory(decided.Entry!));
    }

    public AuthorisationHistory? HistoryOf(Guid id) => _histories.GetValueOrDefault(id);

    public OperationEntry? OperationOf(ICommand command) =>
        command is Operation operation ? _operations.GetValueOrDefault(operation.Id) : null;
}
