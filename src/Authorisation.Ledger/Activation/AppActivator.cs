using System.Diagnostics;
using System.Text.Json;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Shares;
using Dapper;

namespace Authorisation.Ledger.Activation;

/// <summary>
/// Connects apps to credit and ends their access, through the two functions of the database that the servers' role may
/// call for it.
/// </summary>
/// <remarks>
/// Safe for any number of callers: what it keeps is turns, which are. An activation waits in two lines and holds a
/// connection in neither: first for the others of its login, then for a connection, which operators and clients share.
/// The database lets one try of a login in at a time and refuses the others at once, so a connection is never kept
/// waiting for another server's.
/// </remarks>
public sealed class AppActivator(LedgerDatabase database, CodeKeys keys)
{
    /// <summary>
    /// How many refused activations one login may have in an hour; and how many of it wait on one server.
    /// </summary>
    public const int LoginFailuresMax = 10;

    /// <summary>
    /// How many refused activations one client may have in a minute before only logins without any are looked at.
    /// </summary>
    public const int ClientFailuresMax = 120;

    /// <summary>
    /// How many refused activations one operator may have in an hour before only logins without any are looked at.
    /// </summary>
    public const int OperatorFailuresMax = 2000;

    private const string Sql =
        """
        select outcome, account, terms from connect_app(
          @OperatorId, @ClientId, @Login, @loginKey, activation_code_hmac(@OperatorId, @Login, @hmacs), @ActivationId,
          @DeviceName, @TermsVersion, @sha256, @loginFailures, @clientFailures, @operatorFailures, @tries, @retry,
          @terms::jsonb)
        """;

    private static readonly TimeSpan RereadMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RereadMax = TimeSpan.FromMilliseconds(40);

    private readonly FairTurns _turns = new(
        Limits.ActivationsAtOnceMax, Limits.ActivationsWaitingMax, Limits.MonthEndWaitMax);

    private readonly LoginTurns _logins = new(LoginFailuresMax);
    private readonly LedgerReader _reader = new(database.Activations);

    /// <summary>Spends a code.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    /// <exception cref="LedgerBusyException">The account is locked, or Postgres is too busy.</exception>
    public async Task<ActivationResult> ActivateAsync(ActivationRequest request, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        return await _logins.RunAsync(request.OperatorId, request.Login, ActivateInTurnAsync, cancellationToken)
            ?? Without(ActivationOutcome.TooManyOfLogin);

        async Task<ActivationResult> ActivateInTurnAsync()
        {
            while (true)
            {
                var activation = await AskAsync(request, cancellationToken);
                if (activation.Outcome != ActivationOutcome.UnderWay)
                {
                    return activation;
                }

                if (Stopwatch.GetElapsedTime(began) >= Limits.ActivationLoginWaitMax)
                {
                    return Without(ActivationOutcome.TooManyOfLogin);
                }

                await Task.Delay(
                    RereadMin + ((RereadMax - RereadMin) * Random.Shared.NextDouble()), cancellationToken);
            }
        }
    }

    /// <summary>The credit that an app was connected to.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    /// <exception cref="LedgerBusyException">Postgres is too busy.</exception>
    public async Task<CreditReading?> FindCreditAsync(
        Guid accountId, Sharer who, Operator terms, CancellationToken cancellationToken) =>
        await DuringMonthEndAsync(
            who,
            () => _reader.FindCreditAsync(Instrument.App(terms.Id, accountId), terms.TimeZone, cancellationToken),
            cancellationToken);

    /// <summary>Ends the access of an account's app.</summary>
    /// <returns>Whether it was done; false when too many wait.</returns>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    /// <exception cref="LedgerBusyException">The account is locked, or Postgres is too busy.</exception>
    public async Task<bool> DeactivateAsync(Guid accountId, Sharer who, CancellationToken cancellationToken) =>
        await DuringMonthEndAsync(
            who,
            () => LedgerUnreachableException.Guard<object>(async () =>
            {
                await using var connection = await database.Activations.OpenConnectionAsync(cancellationToken);
                return await connection.ExecuteAsync(new CommandDefinition(
                    "select deactivate_app(@accountId)", new { accountId }, cancellationToken: cancellationToken));
            }),
            cancellationToken) is not null;

    private static ActivationResult Without(ActivationOutcome outcome) => new(outcome, Guid.Empty, "");

    private async Task<ActivationResult> AskAsync(ActivationRequest request, CancellationToken cancellationToken)
    {
        var (token, sha256) = TokenHash.NewToken();
        var who = new Sharer(request.OperatorId, Originator.Client(request.ClientId));
        return await DuringMonthEndAsync(
            who,
            () => LedgerUnreachableException.Guard(async () =>
            {
                await using var connection = await database.Activations.OpenConnectionAsync(cancellationToken);
                var (outcome, account, terms) = await connection.QuerySingleAsync<(short, Guid?, string?)>(
                    new CommandDefinition(Sql, Parameters(request, sha256), cancellationToken: cancellationToken));
                var activation = new ActivationResult((ActivationOutcome)outcome, account ?? Guid.Empty, token);
                return activation.Outcome == ActivationOutcome.TermsNotAccepted
                    ? activation with { Terms = JsonSerializer.Deserialize<Dictionary<string, string>>(terms!)! }
                    : activation;
            }),
            cancellationToken) ?? Without(ActivationOutcome.TooManyWaiting);
    }

    private object Parameters(ActivationRequest request, byte[] sha256) => new
    {
        request.OperatorId,
        request.ClientId,
        request.Login,
        loginKey = keys.Current.OfLogin(request.OperatorId, request.Login),
        hmacs = keys.All.Select(key => key.OfCode(request.OperatorId, request.Login, request.Code)).ToArray(),
        request.ActivationId,
        request.DeviceName,
        request.TermsVersion,
        sha256,
        loginFailures = LoginFailuresMax,
        clientFailures = ClientFailuresMax,
        operatorFailures = OperatorFailuresMax,
        tries = Limits.ActivationTriesMax,
        retry = Limits.ActivationRetryTime,
        terms = JsonSerializer.Serialize(request.Terms),
    };

    /// <summary>
    /// Runs something on a connection when it is the caller's turn; <see langword="null"/> when too many wait.
    /// </summary>
    private async Task<T?> DuringMonthEndAsync<T>(Sharer who, Func<Task<T>> run, CancellationToken cancellationToken)
        where T : class? => (await _turns.RunAsync(who, run, cancellationToken)).Answer;
}
