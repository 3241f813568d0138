namespace Authorisation.Core;

/// <summary>
/// Every bound of the service in one place, with its unit: what a field may hold, how long something may take, how
/// much may wait. A bound that an operator should choose is a setting instead, and its default stands here.
/// </summary>
public static partial class Limits
{
    // Fields. The contract's comments state them to integrators; validation and the schema enforce them.

    /// <summary>The least a purchase can cost, in minor units.</summary>
    public const long AmountMinorMin = 1;

    /// <summary>The most a purchase can cost, in minor units.</summary>
    public const long AmountMinorMax = 10_000_000;

    /// <summary>The fewest digits of a card number.</summary>
    public const int CardNumberDigitsMin = 6;

    /// <summary>The most digits of a card number.</summary>
    public const int CardNumberDigitsMax = 20;

    /// <summary>The longest purpose, in characters (Unicode code points).</summary>
    public const int PurposeCharactersMax = 200;

    /// <summary>How far ahead a device's clock may be when it reports what it sold out of reach.</summary>
    public static readonly TimeSpan AdviceAheadMax = TimeSpan.FromMinutes(5);

    /// <summary>How old a sale may be when a device reports it, in days.</summary>
    public const int AdviceAgeDaysMax = 366;

    /// <summary>
    /// How many advices of one stream are worked on at the same time, or wait for their client to read the answer. It
    /// bounds a stream's memory as <see cref="StreamItemsInFlightMax"/> does: to at most some 0.7 MB.
    /// </summary>
    public const int AdvicesInFlightMax = 64;

    /// <summary>
    /// How long an originator may at least finish what it began, from the decision on: capture its own hold, void its
    /// own purchase. An operator whose holds last longer gives as long as they last.
    /// </summary>
    public static readonly TimeSpan OriginatorTimeMin = TimeSpan.FromHours(1);

    /// <summary>The longest reason of a void or a refund, in characters.</summary>
    public const int ReasonCharactersMax = 200;

    /// <summary>
    /// How many operations of one authorisation there may be before captures, voids and refunds of it are refused: each
    /// read of the authorisation reads all of them. What the service must record is recorded all the same.
    /// </summary>
    public const int OperationsPerAuthorisationMax = 1_000;

    /// <summary>How many authorisations one page of a list has at most.</summary>
    public const int PageSizeMax = 200;

    /// <summary>The longest product code, device id and trip field, in characters.</summary>
    public const int CodeCharactersMax = 64;

    /// <summary>The highest VAT rate, in hundredths of a percent.</summary>
    public const int VatBasisPointsMax = 10_000;

    /// <summary>The lowest monthly limit that can be given: 1 kr, in minor units.</summary>
    public const long CreditLimitMinorMin = 100;

    /// <summary>
    /// The longest request message, in bytes: some twenty times what the longest fields that are allowed come to. It is
    /// read whole, for callers with a good token alone.
    /// </summary>
    public const int RequestBytesMax = 64 * 1024;

    // The ledger.

    /// <summary>
    /// How many purchases and operations may wait to be committed before more are refused, and how many operations and
    /// advices for the look for their authorisation. Operators and clients share it: one client alone has a third.
    /// </summary>
    public const int CommitQueueItemsMax = 8192;

    /// <summary>
    /// How many purchases one transaction decides at most: enough that its own cost is little beside theirs, and few
    /// enough that it takes a small part of what a purchase that comes meanwhile may take.
    /// </summary>
    public const int CommitBatchItemsMax = 128;

    /// <summary>Default of how many batches one server commits at the same time.</summary>
    public const int CommitLanes = 2;

    /// <summary>
    /// How many accounts one server remembers, over all its lanes. One takes about 400 bytes, so all of them 200 MB.
    /// </summary>
    public const int RememberedAccountsMax = 500_000;

    /// <summary>How many ids that were decided lately a lane remembers.</summary>
    public const int RecentIdsMax = 65_536;

    /// <summary>
    /// How long before the end of a month, and before a hold lapses, purchases are decided under lock: longer than a
    /// statement may run.
    /// </summary>
    public static readonly TimeSpan MonthEdge = TimeSpan.FromSeconds(5);

    /// <summary>The most batches that one server can be set to commit at the same time.</summary>
    public const int CommitLanesMax = 32;

    /// <summary>
    /// How long a lane may be at one batch, or leave alone what waits for it, before the process counts as one that
    /// hangs: several times what all the bounds of a batch come to, tries included.
    /// </summary>
    public static readonly TimeSpan WorkStandsStillMax = TimeSpan.FromMinutes(1);

    /// <summary>How long a batch waits for a row lock before it sets the locked accounts aside.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one statement of a batch may run before Postgres ends it.</summary>
    public static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a transaction may wait for its server before Postgres ends it, so that a stopped server gives its
    /// locks back.
    /// </summary>
    public static readonly TimeSpan IdleInTransactionTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long a round trip may take before the connection is given up.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long connecting to Postgres may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How often one batch is run again after a lost connection, a deadlock or an id that raced.</summary>
    public const int BatchAttemptsMax = 5;

    /// <summary>
    /// How long a batch is run again, before its callers get the error that the ledger is unreachable.
    /// </summary>
    public static readonly TimeSpan BatchRetryTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a purchase on an account that another session keeps locked is tried before it is returned.
    /// </summary>
    public static readonly TimeSpan SetAsideTime = TimeSpan.FromSeconds(3);

    /// <summary>How long purchases that were set aside wait before their accounts are tried again.</summary>
    public static readonly TimeSpan SetAsideRetryInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>How many purchases may be set aside on one server; operators and clients share it.</summary>
    public const int SetAsideItemsMax = 1024;

    /// <summary>How many lapsed holds a batch expires at most; accounts that have more wait for the next.</summary>
    public const int LapsedHoldsPerBatchMax = 4096;

    /// <summary>How often holds that lapsed are looked for, so that their expiry is recorded.</summary>
    public static readonly TimeSpan HoldSweepInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the session that sweeps may be silent before Postgres ends it, so that another server can go on: longer
    /// than it takes to expire some hundreds, of which some are on accounts that are locked.
    /// </summary>
    public static readonly TimeSpan HoldSweeperSilenceMax = TimeSpan.FromSeconds(15);

    /// <summary>How long another session may hold the hold-expiry lock before that is logged.</summary>
    public static readonly TimeSpan HoldSweepWaitTold = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many reads that callers ask for one server makes at once, on as many separate connections. Operators and
    /// clients share them: one client alone has a third. The same holds for the other kinds of call.
    /// </summary>
    public const int ReadsAtOnceMax = 50;

    /// <summary>
    /// How many questions about credit one server has before the ledger at once: one statement answers many, so they
    /// need no connection each.
    /// </summary>
    public const int CreditReadsAtOnceMax = 600;

    /// <summary>How many questions about credit one statement answers at most.</summary>
    public const int CreditReadsPerStatementMax = 256;

    /// <summary>How many operations and advices are looked for at once, on as many separate connections.</summary>
    public const int OperationLooksAtOnceMax = 25;

    /// <summary>
    /// How many activations one server asks the ledger for at once, on as many separate connections.
    /// </summary>
    public const int ActivationsAtOnceMax = 8;

    /// <summary>How many activations may wait for their turn before more are refused.</summary>
    public const int ActivationsWaitingMax = 512;

    /// <summary>
    /// How long an activation waits for one of the same login on another server before it is refused: many times what
    /// one takes.
    /// </summary>
    public static readonly TimeSpan ActivationLoginWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many calls of a client are refused at once in a second for its full share; the others are held a little.
    /// </summary>
    public const int RefusalsAtOnceMax = 100;

    /// <summary>
    /// How long the refusals beyond that are held, so that a client that retries at once does so less often.
    /// </summary>
    public static readonly TimeSpan RefusalHoldTime = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a call waits for its turn to use a connection before it is returned.</summary>
    public static readonly TimeSpan MonthEndWaitMax = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many such reads may wait for their turn before more are refused: as many as one connection may ask for.
    /// </summary>
    public const int ReadsWaitingMax = StreamsPerConnectionMax;

    /// <summary>How long a call without its own deadline waits for its decision.</summary>
    public static readonly TimeSpan DecisionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How far a server's clock may be from the database's before the server is unready.</summary>
    public static readonly TimeSpan ClockOffsetMax = TimeSpan.FromSeconds(1);

    /// <summary>How often the database is asked for its clock, and its replication state.</summary>
    public static readonly TimeSpan LedgerProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long ago Postgres must have answered for a decision that took too long to be reported as busy, not as
    /// unreachable.
    /// </summary>
    public static readonly TimeSpan LedgerAnswerAgeMax = TimeSpan.FromSeconds(4);

    // The cache.

    /// <summary>How long one Redis command may take before the caller goes on without it.</summary>
    public static readonly TimeSpan CacheTimeout = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long Redis may take to give the copies that the nights' work compares; no caller waits for that.
    /// </summary>
    public static readonly TimeSpan CacheComparisonTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long one attempt to connect to Redis may take.</summary>
    public static readonly TimeSpan CacheConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection to Redis may be silent before it is asked whether it still lives.</summary>
    public static readonly TimeSpan CacheKeepAliveInterval = TimeSpan.FromSeconds(5);

    /// <summary>How many failures in a row open the breaker.</summary>
    public const int CacheFailuresToOpen = 3;

    /// <summary>How long the breaker stays open before one command tries again.</summary>
    public static readonly TimeSpan CacheBreakerOpenTime = TimeSpan.FromSeconds(1);

    /// <summary>How long a snapshot stays in Redis after it was last written.</summary>
    public static readonly TimeSpan SnapshotLifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// The largest snapshot kept in Redis, in bytes; an account that needs more is read from the ledger.
    /// </summary>
    public const int SnapshotBytesMax = 16 * 1024;

    /// <summary>
    /// How old a snapshot may be and still answer a question about credit. It bounds how long a snapshot whose
    /// replacement was lost (Redis was down, or came back with an old copy) can be seen.
    /// </summary>
    public static readonly TimeSpan CreditReadAgeMax = TimeSpan.FromSeconds(5);

    // Streams of purchases, and of advices.

    /// <summary>
    /// How many purchases of one stream may have been read and not yet been answered, answers that the client has not
    /// taken in included. With at most 6 KB each, what waits in the transport (<see cref="StreamWindowBytes"/> each
    /// way) and the message being read (<see cref="RequestBytesMax"/>), a stream whose client stopped reading keeps at
    /// most some 1.7 MB.
    /// </summary>
    public const int StreamItemsInFlightMax = 256;

    /// <summary>
    /// How many purchases of all streams of one client together may be on the way: less than its share of the queue, so
    /// that its streams wait and are not refused. A stream that waits is not read.
    /// </summary>
    public const int ClientItemsInFlightMax = 2_048;

    /// <summary>
    /// How many streams of purchases and advices may be open on one server; operators and clients share them.
    /// </summary>
    public const int StreamsOpenMax = 8_192;

    /// <summary>How many purchases that have come already are handed to the queue together.</summary>
    public const int StreamItemsTogetherMax = 64;

    /// <summary>
    /// How many bytes a client may send ahead on one call before the server has read them. A connection's window is as
    /// large as all of its calls' together, so that a call that is not read holds up no other.
    /// </summary>
    public const int StreamWindowBytes = 64 * 1024;

    /// <summary>
    /// How often each stream is looked at: is its token in force, has an item or the client taken too long.
    /// </summary>
    public static readonly TimeSpan StreamWatchInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stream whose token was ended may go on to answer what it had taken.</summary>
    public static readonly TimeSpan StreamEndTime = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// How long a stream of a server that stops may take to answer what it had taken: longer than
    /// <see cref="DecisionTimeout"/>, which bounds each purchase, and shorter than the host waits.
    /// </summary>
    public static readonly TimeSpan StreamDrainTime = TimeSpan.FromSeconds(12);

    /// <summary>
    /// How long the client of a stream may take in nothing of what waits for it before the stream is reset.
    /// </summary>
    public static readonly TimeSpan StreamStallTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a connection that the server ends stays open for its client to read what was said last, unless the
    /// client hangs up before.
    /// </summary>
    public static readonly TimeSpan ConnectionLinger = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a connection with calls may be silent before the client is asked whether it is still there.
    /// </summary>
    public static readonly TimeSpan ConnectionPingDelay = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to answer that before its connection is ended.</summary>
    public static readonly TimeSpan ConnectionPingTimeout = TimeSpan.FromSeconds(20);

    // Access.

    /// <summary>How many calls one connection may have in flight; a gateway that wants more opens another.</summary>
    public const int StreamsPerConnectionMax = 1000;

    /// <summary>How often changed tokens are looked for when no notification comes.</summary>
    public static readonly TimeSpan TokenPollInterval = TimeSpan.FromMilliseconds(900);

    /// <summary>The same while calls come with unknown tokens, which wait for a look.</summary>
    public static readonly TimeSpan TokenPollIntervalWhileAsked = TimeSpan.FromMilliseconds(250);

    /// <summary>For how long after the last such call it is looked that often.</summary>
    public static readonly TimeSpan TokenAskedLingerTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a call with an unknown token waits for a fresh look before it is refused: longer than the interval in
    /// which there is one.
    /// </summary>
    public static readonly TimeSpan TokenRereadTimeout = TimeSpan.FromSeconds(1);
}
