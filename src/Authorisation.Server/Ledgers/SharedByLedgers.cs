using Authorisation.Cache;
using Authorisation.Ledger.Activation;
using Authorisation.Ledger.Telemetry;
using Authorisation.Server.Access;

namespace Authorisation.Server.Ledgers;

/// <summary>What all ledgers of a server share. Nothing here waits for one of them.</summary>
/// <param name="Cache">Redis, whose keys begin with the operator's id.</param>
/// <param name="Metrics">The instruments.</param>
/// <param name="Owners">Which ledger each operator belongs to.</param>
/// <param name="CodeKeys">The keys of activation codes; <see langword="null"/> where no apps are connected.</param>
/// <param name="Time">The server's clock.</param>
/// <param name="Lifetime">The server's.</param>
/// <param name="Loggers">The server's.</param>
internal sealed record SharedByLedgers(
    CreditSnapshotCache Cache,
    LedgerMetrics Metrics,
    OperatorOwners Owners,
    CodeKeys? CodeKeys,
    TimeProvider Time,
    IHostApplicationLifetime Lifetime,
    ILoggerFactory Loggers);
