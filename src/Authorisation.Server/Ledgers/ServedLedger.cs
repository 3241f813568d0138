using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Ledger.Cards;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Access;
using Authorisation.Server.Cards;
using Authorisation.Server.Decisions;
using Authorisation.Server.Following;

namespace Authorisation.Server.Ledgers;

/// <summary>
/// What a server has of one ledger: connections, queue, turns, and what it reads and follows it with. Ledgers share
/// nothing that one of them could hold up, so that one which is out of reach costs the others nothing.
/// </summary>
/// <remarks>Safe for any number of callers: it never changes, and each of its parts says for itself why it is.</remarks>
public sealed class ServedLedger : IAsyncDisposable
{
    private readonly LedgerDatabase _database;
    private readonly bool _isOnly;

    /// <summary>Makes everything; what connects by itself does so when the workers are started.</summary>
    /// <param name="place">Its place in the directory.</param>
    /// <param name="options">Its name, where it is, and how it is committed to.</param>
    /// <param name="isOnly">Whether the server has no other.</param>
    /// <param name="shared">What all ledgers of the server share.</param>
    internal ServedLedger(int place, LedgerOptions options, bool isOnly, SharedByLedgers shared)
    {
        var (time, cache) = (shared.Time, shared.Cache);
        var loggers = isOnly ? shared.Loggers : new LedgerLoggers(shared.Loggers, options.Name);
        (Place, Name, Lanes, _isOnly) = (place, options.Name, options.Lanes, isOnly);
        Labels = isOnly ? [] : [new("ledger", options.Name)];

        _database = new LedgerDatabase(options, loggers);
        Queue = new CommitQueue(
            _database, time, loggers.CreateLogger<CommitQueue>(), cache.Write,
            isOnly ? shared.Metrics : shared.Metrics.Of(options.Name));
        Reader = new LedgerReader(_database, cache.Write);

        Clock = new LedgerClock(time);
        Watch = new LedgerWatch(
            _database, new LedgerProbe(_database), Clock, time, isOnly ? shared.Lifetime : null, loggers.CreateLogger<LedgerWatch>());
        Tokens = new TokenDirectory(_database, place, shared.Owners, loggers.CreateLogger<TokenDirectory>());

        var decisionTime = new DecisionTime(Watch);
        Purchases = new AuthoriseFlow(Queue, decisionTime);
        Operations = new OperationFlow(new OperationQueue(new LedgerReader(_database.Looks), Queue), decisionTime);
        Credits = new CreditFlow(cache, Reader, Clock);
        Holds = new HoldSweep(new HoldSweeper(_database, Queue), Tokens, time, loggers.CreateLogger<HoldSweep>());
        Activator = shared.CodeKeys is { } keys ? new AppActivator(_database, keys) : null;

        Cards = new CardReader(_database);
        Sequencer = new CardSequencer(_database, time, loggers.CreateLogger<CardSequencer>());
        Sequencing = new CardSequencing(Sequencer);
        Feeds = new CardFeeds(_database, Cards, loggers.CreateLogger<CardFeeds>());
    }

    /// <summary>Its place in the directory, which a caller names.</summary>
    public int Place { get; }

    /// <summary>How many batches are committed to it at the same time.</summary>
    public int Lanes { get; }

    /// <summary>What it is called in log lines and metrics.</summary>
    public string Name { get; }

    /// <summary>The label of metrics that says which ledger; none where there is one only.</summary>
    public KeyValuePair<string, object?>[] Labels { get; }

    /// <summary>Where purchases and operations wait to be committed.</summary>
    public CommitQueue Queue { get; }

    /// <summary>What callers' reads are made with, in turns of <see cref="Reads"/>.</summary>
    public LedgerReader Reader { get; }

    /// <summary>The turns of callers' reads: each has a connection of its own meanwhile.</summary>
    public FairTurns Reads { get; } = new(Limits.ReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.MonthEndWaitMax);

    /// <summary>The turns of questions about credit, of which one statement answers many.</summary>
    public FairTurns CreditReads { get; } = new(Limits.CreditReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.MonthEndWaitMax);

    /// <summary>The database's clock.</summary>
    public LedgerClock Clock { get; }

    /// <summary>Whether it can be used.</summary>
    public LedgerWatch Watch { get; }

    /// <summary>Its tokens and operators.</summary>
    public TokenDirectory Tokens { get; }

    /// <summary>The way of a purchase.</summary>
    public AuthoriseFlow Purchases { get; }

    /// <summary>The way of an operation or an advice.</summary>
    public OperationFlow Operations { get; }

    /// <summary>What is left to spend.</summary>
    public CreditFlow Credits { get; }

    /// <summary>What expires lapsed holds.</summary>
    public HoldSweep Holds { get; }

    /// <summary>What connects apps; <see langword="null"/> where no apps are connected.</summary>
    public AppActivator? Activator { get; }

    /// <summary>What reads cards, in turns of <see cref="CardPages"/>.</summary>
    public CardReader Cards { get; }

    /// <summary>
    /// The turns of watchers that read pages, so that those that all come at once neither take every connection nor all
    /// of memory.
    /// </summary>
    public FairTurns CardPages { get; } = new(Limits.CardPageReadersMax, Limits.WatchersMax, Limits.WatcherTurnMax);

    /// <summary>What numbers changed cards.</summary>
    public CardSequencer Sequencer { get; }

    /// <summary>What runs the sequencer.</summary>
    public CardSequencing Sequencing { get; }

    /// <summary>The latest changes of cards.</summary>
    public CardFeeds Feeds { get; }

    /// <summary>Why its operators cannot be served; <see langword="null"/> when they can.</summary>
    public string? Trouble => Watch.Trouble ?? (Tokens.IsLoaded ? null : "the tokens have not been read yet");

    /// <summary>A worker of this ledger as the host runs it.</summary>
    internal IHostedService Worker(BackgroundService worker) => _isOnly ? worker : new LedgerWorker(this, worker);

    /// <summary>Which operators it has, and which it may come to have.</summary>
    internal Task<OperatorIds> ReadOperatorIdsAsync(CancellationToken cancellationToken) =>
        OperatorIds.ReadAsync(_database, cancellationToken);

    /// <summary>Commits what waits, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await _database.DisposeAsync();
    }
}
