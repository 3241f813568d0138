namespace Authorisation.Core;

/// <content>Cards for validators without coverage.</content>
public static partial class Limits
{
    /// <summary>How often a sequencer looks for cards that were changed, while some are.</summary>
    public static readonly TimeSpan CardChangePollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// For how long after the last changed card it goes on looking that often; then as often as below.
    /// </summary>
    public static readonly TimeSpan CardChangesLingerTime = TimeSpan.FromSeconds(10);

    /// <summary>How often a server tries to become the sequencer of operators that have none.</summary>
    public static readonly TimeSpan CardSequencerInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a sequencer's session may be silent before Postgres ends it, so that another server takes over from one
    /// that stands still.
    /// </summary>
    public static readonly TimeSpan CardSequencerSilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>How many changes are taken, and how many cards numbered at most, in one transaction.</summary>
    public const int CardChangesPerPass = 2000;

    /// <summary>
    /// How many cards of an organisation that was changed as a whole are noted, and then numbered, each
    /// <see cref="CardChangePollInterval"/>: however many it has, a sequencer works a small part of its time for them.
    /// </summary>
    public const int CardsOfOrganisationPerPass = 100;

    /// <summary>
    /// How long the state of a card without credit is kept; a watcher that is further behind must start again.
    /// </summary>
    public static readonly TimeSpan GoneCardsKept = TimeSpan.FromDays(30);

    /// <summary>How often states that are older than that are removed.</summary>
    public static readonly TimeSpan GoneCardsInterval = TimeSpan.FromMinutes(10);

    /// <summary>How many cards are read at once.</summary>
    public const int CardPageSize = 1000;

    /// <summary>How many watchers of cards one server has; operators and clients share them.</summary>
    public const int WatchersMax = 32_768;

    /// <summary>How many watchers of one server read pages at the same time; the others wait.</summary>
    public const int CardPageReadersMax = 4;

    /// <summary>
    /// How long a watcher waits for its turn to read a page; many may catch up at once after an outage.
    /// </summary>
    public static readonly TimeSpan WatcherTurnMax = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many changes of an operator's cards a server keeps for watchers that are not as fast as others.
    /// </summary>
    public const int CardUpdatesKept = 32_768;

    /// <summary>How often changed cards are looked for when no notification comes.</summary>
    public static readonly TimeSpan CardPollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked whether a watcher's token still holds.</summary>
    public static readonly TimeSpan WatcherCheckInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a watcher may take nothing of what it was sent before the server ends it and asks it to resume.
    /// </summary>
    public static readonly TimeSpan WatcherStallMax = TimeSpan.FromSeconds(10);

    /// <summary>How long a watcher that takes nothing has to receive that the server stops.</summary>
    public static readonly TimeSpan WatcherFarewell = TimeSpan.FromSeconds(1);
}
